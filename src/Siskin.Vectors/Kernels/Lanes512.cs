using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

/// <summary>Sixteen float lanes.</summary>
internal readonly struct Lanes512 : ISimdLanes<Vector512<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref float source, nint offset) => Vector512.LoadUnsafe(ref source, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadHalf(ref ushort source, nint offset)
    {
        var halves = Vector256.LoadUnsafe(ref source, (nuint)offset).AsInt16();
        var wide = (Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(halves) : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves))).AsUInt32();
        var bits = Vector512.ShiftLeft(wide, 13);
        var magnitude = bits & Vector512.Create(HalfBits.MagnitudeMask);
        var value = magnitude + Vector512.Create(HalfBits.ExponentShift);
        var small = Vector512.LessThan(magnitude.AsInt32(), Vector512.Create((int)HalfBits.SmallestNormal)).AsUInt32();
        var large = Vector512.GreaterThanOrEqual(magnitude.AsInt32(), Vector512.Create((int)HalfBits.Infinity)).AsUInt32();
        var subnormal = (value + Vector512.Create(HalfBits.OneExponent)).AsSingle() - Vector512.Create(HalfBits.SubnormalOffset);
        value = Vector512.ConditionalSelect(small, subnormal.AsUInt32(), value + (large & Vector512.Create(HalfBits.ExponentShift)));
        return (value | (bits & Vector512.Create(HalfBits.SignMask))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, ref float target, nint offset) => value.StoreUnsafe(ref target, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> x, Vector512<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> x, Vector512<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> x, Vector512<float> y, Vector512<float> z) => Vector512.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> x) => Vector512.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> KeepLast(Vector512<float> x, int keep) =>
        x & Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(16 - keep)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NotLess(Vector512<float> x, Vector512<float> y) =>
        (uint)(~Vector512.LessThan(x, y)).ExtractMostSignificantBits() & 0xFFFFu;
}
