using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

/// <summary>The float kernels of one vector width. Callers have checked lengths, and that vectors fill one register at least.</summary>
/// <remarks>
/// Every sum runs in two registers that take vectors in turn, and what is left at the end goes into the first: therefore
/// one-to-many gives bit for bit what one-to-one gives, whichever rows are taken together.
/// </remarks>
internal static class FloatKernels<TLanes, TVector>
    where TLanes : struct, ISimdLanes<TVector>
    where TVector : struct
{
    /// <summary>How far ahead rows are asked for: four rows are read at once, too few bytes each for the hardware to see far.</summary>
    private const int PrefetchBytes = 2048;

    public static float Dot(ref float x, ref float y, nint length)
    {
        var s0 = TLanes.Broadcast(0);
        var s1 = s0;
        nint i = 0;
        for (; i <= length - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(ref x, i), TLanes.Load(ref y, i), s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(ref x, i + TLanes.Count), TLanes.Load(ref y, i + TLanes.Count), s1);
        }

        if (i <= length - TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(ref x, i), TLanes.Load(ref y, i), s0);
            i += TLanes.Count;
        }

        if (i < length)
        {
            var keep = (int)(length - i);
            s1 = TLanes.MultiplyAdd(LoadTail(ref x, length, keep), LoadTail(ref y, length, keep), s1);
        }

        return TLanes.Sum(TLanes.Add(s0, s1));
    }

    public static float SquaredL2(ref float x, ref float y, nint length)
    {
        var s0 = TLanes.Broadcast(0);
        var s1 = s0;
        nint i = 0;
        for (; i <= length - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            var d0 = TLanes.Subtract(TLanes.Load(ref x, i), TLanes.Load(ref y, i));
            var d1 = TLanes.Subtract(TLanes.Load(ref x, i + TLanes.Count), TLanes.Load(ref y, i + TLanes.Count));
            s0 = TLanes.MultiplyAdd(d0, d0, s0);
            s1 = TLanes.MultiplyAdd(d1, d1, s1);
        }

        if (i <= length - TLanes.Count)
        {
            var d0 = TLanes.Subtract(TLanes.Load(ref x, i), TLanes.Load(ref y, i));
            s0 = TLanes.MultiplyAdd(d0, d0, s0);
            i += TLanes.Count;
        }

        if (i < length)
        {
            var keep = (int)(length - i);
            var d1 = TLanes.Subtract(LoadTail(ref x, length, keep), LoadTail(ref y, length, keep));
            s1 = TLanes.MultiplyAdd(d1, d1, s1);
        }

        return TLanes.Sum(TLanes.Add(s0, s1));
    }

    public static void AddScaled(ref float x, float a, ref float y, nint length)
    {
        var factor = TLanes.Broadcast(a);
        nint i = 0;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.MultiplyAdd(factor, TLanes.Load(ref x, i), TLanes.Load(ref y, i)), ref y, i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref y, i) += a * Unsafe.Add(ref x, i);
        }
    }

    public static void Dots(ref float query, ref float rows, nint d, Span<float> scores)
    {
        var row = 0;
        for (; row <= scores.Length - 4; row += 4)
        {
            ref var r0 = ref Unsafe.Add(ref rows, row * d);
            ref var r1 = ref Unsafe.Add(ref r0, d);
            ref var r2 = ref Unsafe.Add(ref r1, d);
            ref var r3 = ref Unsafe.Add(ref r2, d);
            var zero = TLanes.Broadcast(0);
            TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
            nint i = 0;
            for (; i <= d - (2 * TLanes.Count); i += 2 * TLanes.Count)
            {
                Prefetch(ref r0, i * 4);
                var q0 = TLanes.Load(ref query, i);
                var q1 = TLanes.Load(ref query, i + TLanes.Count);
                a0 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r0, i), a0);
                a1 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r1, i), a1);
                a2 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r2, i), a2);
                a3 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r3, i), a3);
                b0 = TLanes.MultiplyAdd(q1, TLanes.Load(ref r0, i + TLanes.Count), b0);
                b1 = TLanes.MultiplyAdd(q1, TLanes.Load(ref r1, i + TLanes.Count), b1);
                b2 = TLanes.MultiplyAdd(q1, TLanes.Load(ref r2, i + TLanes.Count), b2);
                b3 = TLanes.MultiplyAdd(q1, TLanes.Load(ref r3, i + TLanes.Count), b3);
            }

            if (i <= d - TLanes.Count)
            {
                var q0 = TLanes.Load(ref query, i);
                a0 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r0, i), a0);
                a1 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r1, i), a1);
                a2 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r2, i), a2);
                a3 = TLanes.MultiplyAdd(q0, TLanes.Load(ref r3, i), a3);
                i += TLanes.Count;
            }

            if (i < d)
            {
                var keep = (int)(d - i);
                var q1 = LoadTail(ref query, d, keep);
                b0 = TLanes.MultiplyAdd(q1, LoadTail(ref r0, d, keep), b0);
                b1 = TLanes.MultiplyAdd(q1, LoadTail(ref r1, d, keep), b1);
                b2 = TLanes.MultiplyAdd(q1, LoadTail(ref r2, d, keep), b2);
                b3 = TLanes.MultiplyAdd(q1, LoadTail(ref r3, d, keep), b3);
            }

            scores[row] = TLanes.Sum(TLanes.Add(a0, b0));
            scores[row + 1] = TLanes.Sum(TLanes.Add(a1, b1));
            scores[row + 2] = TLanes.Sum(TLanes.Add(a2, b2));
            scores[row + 3] = TLanes.Sum(TLanes.Add(a3, b3));
        }

        for (; row < scores.Length; row++)
        {
            scores[row] = Dot(ref query, ref Unsafe.Add(ref rows, row * d), d);
        }
    }

    public static void SquaredL2s(ref float query, ref float rows, nint d, Span<float> distances)
    {
        var row = 0;
        for (; row <= distances.Length - 4; row += 4)
        {
            ref var r0 = ref Unsafe.Add(ref rows, row * d);
            ref var r1 = ref Unsafe.Add(ref r0, d);
            ref var r2 = ref Unsafe.Add(ref r1, d);
            ref var r3 = ref Unsafe.Add(ref r2, d);
            var zero = TLanes.Broadcast(0);
            TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
            nint i = 0;
            for (; i <= d - (2 * TLanes.Count); i += 2 * TLanes.Count)
            {
                Prefetch(ref r0, i * 4);
                var q0 = TLanes.Load(ref query, i);
                var q1 = TLanes.Load(ref query, i + TLanes.Count);
                a0 = AddSquare(q0, TLanes.Load(ref r0, i), a0);
                a1 = AddSquare(q0, TLanes.Load(ref r1, i), a1);
                a2 = AddSquare(q0, TLanes.Load(ref r2, i), a2);
                a3 = AddSquare(q0, TLanes.Load(ref r3, i), a3);
                b0 = AddSquare(q1, TLanes.Load(ref r0, i + TLanes.Count), b0);
                b1 = AddSquare(q1, TLanes.Load(ref r1, i + TLanes.Count), b1);
                b2 = AddSquare(q1, TLanes.Load(ref r2, i + TLanes.Count), b2);
                b3 = AddSquare(q1, TLanes.Load(ref r3, i + TLanes.Count), b3);
            }

            if (i <= d - TLanes.Count)
            {
                var q0 = TLanes.Load(ref query, i);
                a0 = AddSquare(q0, TLanes.Load(ref r0, i), a0);
                a1 = AddSquare(q0, TLanes.Load(ref r1, i), a1);
                a2 = AddSquare(q0, TLanes.Load(ref r2, i), a2);
                a3 = AddSquare(q0, TLanes.Load(ref r3, i), a3);
                i += TLanes.Count;
            }

            if (i < d)
            {
                var keep = (int)(d - i);
                var q1 = LoadTail(ref query, d, keep);
                b0 = AddSquare(q1, LoadTail(ref r0, d, keep), b0);
                b1 = AddSquare(q1, LoadTail(ref r1, d, keep), b1);
                b2 = AddSquare(q1, LoadTail(ref r2, d, keep), b2);
                b3 = AddSquare(q1, LoadTail(ref r3, d, keep), b3);
            }

            distances[row] = TLanes.Sum(TLanes.Add(a0, b0));
            distances[row + 1] = TLanes.Sum(TLanes.Add(a1, b1));
            distances[row + 2] = TLanes.Sum(TLanes.Add(a2, b2));
            distances[row + 3] = TLanes.Sum(TLanes.Add(a3, b3));
        }

        for (; row < distances.Length; row++)
        {
            distances[row] = SquaredL2(ref query, ref Unsafe.Add(ref rows, row * d), d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector AddSquare(TVector x, TVector y, TVector sum)
    {
        var difference = TLanes.Subtract(x, y);
        return TLanes.MultiplyAdd(difference, difference, sum);
    }

    // Reads the last register's worth again, and drops what was already counted.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LoadTail(ref float source, nint length, int keep) =>
        TLanes.KeepLast(TLanes.Load(ref source, length - TLanes.Count), keep);

    // The four rows are one stretch of memory; a step through them asks for as many cache lines of the stretch behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref float row, nint bytes)
    {
        if (Sse.IsSupported)
        {
            ref var ahead = ref Unsafe.AddByteOffset(ref Unsafe.As<float, byte>(ref row), (4 * bytes) + PrefetchBytes);
            for (var line = 0; line < 8 * TLanes.Count * 4; line += 64)
            {
                Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AddByteOffset(ref ahead, line)));
            }
        }
    }
}
