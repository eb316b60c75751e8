using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

/// <summary>Four float lanes.</summary>
internal readonly struct Lanes128 : ISimdLanes<Vector128<float>>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(ref float source, nint offset) => Vector128.LoadUnsafe(ref source, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadHalf(ref ushort source, nint offset)
    {
        var halves = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref source, offset)))).AsInt16();
        var wide = Vector128.WidenLower(halves).AsUInt32();
        var bits = Vector128.ShiftLeft(wide, 13);
        var magnitude = bits & Vector128.Create(HalfBits.MagnitudeMask);
        var value = magnitude + Vector128.Create(HalfBits.ExponentShift);
        var small = Vector128.LessThan(magnitude.AsInt32(), Vector128.Create((int)HalfBits.SmallestNormal)).AsUInt32();
        var large = Vector128.GreaterThanOrEqual(magnitude.AsInt32(), Vector128.Create((int)HalfBits.Infinity)).AsUInt32();
        var subnormal = (value + Vector128.Create(HalfBits.OneExponent)).AsSingle() - Vector128.Create(HalfBits.SubnormalOffset);
        value = Vector128.ConditionalSelect(small, subnormal.AsUInt32(), value + (large & Vector128.Create(HalfBits.ExponentShift)));
        return (value | (bits & Vector128.Create(HalfBits.SignMask))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, ref float target, nint offset) => value.StoreUnsafe(ref target, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> x, Vector128<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> x, Vector128<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> x, Vector128<float> y, Vector128<float> z) => Vector128.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> x) => Vector128.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> KeepLast(Vector128<float> x, int keep) =>
        x & Vector128.GreaterThanOrEqual(Vector128<int>.Indices, Vector128.Create(4 - keep)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint NotLess(Vector128<float> x, Vector128<float> y) =>
        (uint)(~Vector128.LessThan(x, y)).ExtractMostSignificantBits() & 0xFu;
}
