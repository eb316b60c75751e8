using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

/// <summary>Eight float lanes.</summary>
internal readonly struct Lanes256 : ISimdLanes<Vector256<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ref float source, nint offset) => Vector256.LoadUnsafe(ref source, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadHalf(ref ushort source, nint offset)
    {
        var halves = Vector128.LoadUnsafe(ref source, (nuint)offset).AsInt16();
        var wide = (Avx2.IsSupported ? Avx2.ConvertToVector256Int32(halves) : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves))).AsUInt32();
        var bits = Vector256.ShiftLeft(wide, 13);
        var magnitude = bits & Vector256.Create(HalfBits.MagnitudeMask);
        var value = magnitude + Vector256.Create(HalfBits.ExponentShift);
        var small = Vector256.LessThan(magnitude.AsInt32(), Vector256.Create((int)HalfBits.SmallestNormal)).AsUInt32();
        var large = Vector256.GreaterThanOrEqual(magnitude.AsInt32(), Vector256.Create((int)HalfBits.Infinity)).AsUInt32();
        var subnormal = (value + Vector256.Create(HalfBits.OneExponent)).AsSingle() - Vector256.Create(HalfBits.SubnormalOffset);
        value = Vector256.ConditionalSelect(small, subnormal.AsUInt32(), value + (large & Vector256.Create(HalfBits.ExponentShift)));
        return (value | (bits & Vector256.Create(HalfBits.SignMask))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, ref float target, nint offset) => value.StoreUnsafe(ref target, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> x, Vector256<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> x, Vector256<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> x, Vector256<float> y, Vector256<float> z) => Vector256.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> x) => Vector256.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> KeepLast(Vector256<float> x, int keep) =>
        x & Vector256.GreaterThanOrEqual(Vector256<int>.Indices, Vector256.Create(8 - keep)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NotLess(Vector256<float> x, Vector256<float> y) =>
        (uint)(~Vector256.LessThan(x, y)).ExtractMostSignificantBits() & 0xFFu;
}
