using System.Runtime.CompilerServices;

namespace Siskin.Vectors.Kernels;

/// <summary>Kernels between a float vector and one in half precision, given by its bits; halves become floats in registers.</summary>
/// <remarks>Callers have checked lengths, and that vectors fill one register of floats at least.</remarks>
internal static class HalfKernels<TLanes, TVector>
    where TLanes : struct, ISimdLanes<TVector>
    where TVector : struct
{
    public static float Dot(ref float x, ref ushort y, nint length)
    {
        var s0 = TLanes.Broadcast(0);
        var s1 = s0;
        nint i = 0;
        for (; i <= length - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(ref x, i), TLanes.LoadHalf(ref y, i), s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(ref x, i + TLanes.Count), TLanes.LoadHalf(ref y, i + TLanes.Count), s1);
        }

        if (i <= length - TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(ref x, i), TLanes.LoadHalf(ref y, i), s0);
            i += TLanes.Count;
        }

        if (i < length)
        {
            var (last, keep) = (length - TLanes.Count, (int)(length - i));
            s1 = TLanes.MultiplyAdd(TLanes.KeepLast(TLanes.Load(ref x, last), keep), TLanes.KeepLast(TLanes.LoadHalf(ref y, last), keep), s1);
        }

        return TLanes.Sum(TLanes.Add(s0, s1));
    }

    public static float SquaredL2(ref float x, ref ushort y, nint length)
    {
        var s0 = TLanes.Broadcast(0);
        var s1 = s0;
        nint i = 0;
        for (; i <= length - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            s0 = AddSquare(TLanes.Load(ref x, i), TLanes.LoadHalf(ref y, i), s0);
            s1 = AddSquare(TLanes.Load(ref x, i + TLanes.Count), TLanes.LoadHalf(ref y, i + TLanes.Count), s1);
        }

        if (i <= length - TLanes.Count)
        {
            s0 = AddSquare(TLanes.Load(ref x, i), TLanes.LoadHalf(ref y, i), s0);
            i += TLanes.Count;
        }

        if (i < length)
        {
            var (last, keep) = (length - TLanes.Count, (int)(length - i));
            s1 = AddSquare(TLanes.KeepLast(TLanes.Load(ref x, last), keep), TLanes.KeepLast(TLanes.LoadHalf(ref y, last), keep), s1);
        }

        return TLanes.Sum(TLanes.Add(s0, s1));
    }

    /// <summary>Σ y².</summary>
    public static float SquaredNorm(ref ushort y, nint length)
    {
        var sum = TLanes.Broadcast(0);
        nint i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            var value = TLanes.LoadHalf(ref y, i);
            sum = TLanes.MultiplyAdd(value, value, sum);
        }

        if (i < length)
        {
            var value = TLanes.KeepLast(TLanes.LoadHalf(ref y, length - TLanes.Count), (int)(length - i));
            sum = TLanes.MultiplyAdd(value, value, sum);
        }

        return TLanes.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddSquare(TVector x, TVector y, TVector sum)
    {
        var difference = TLanes.Subtract(x, y);
        return TLanes.MultiplyAdd(difference, difference, sum);
    }
}
