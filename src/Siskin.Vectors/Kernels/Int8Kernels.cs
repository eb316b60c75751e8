using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

/// <summary>Inner products of bytes, exact in 32 bits: one method for each set of instructions. Callers have checked lengths.</summary>
/// <remarks>No length is too short; what does not fill a register is summed plainly.</remarks>
internal static class Int8Kernels
{
    /// <summary>Bytes × signed bytes by the instruction that multiplies and adds four at once.</summary>
    public static int DotVnni(ref byte x, ref sbyte y, nint length)
    {
        var (s0, s1) = (Vector256<int>.Zero, Vector256<int>.Zero);
        nint i = 0;
        for (; i <= length - 64; i += 64)
        {
            s0 = AvxVnni.MultiplyWideningAndAdd(s0, Load256(ref x, i), Load256(ref y, i));
            s1 = AvxVnni.MultiplyWideningAndAdd(s1, Load256(ref x, i + 32), Load256(ref y, i + 32));
        }

        if (i <= length - 32)
        {
            s0 = AvxVnni.MultiplyWideningAndAdd(s0, Load256(ref x, i), Load256(ref y, i));
            i += 32;
        }

        return Vector256.Sum(s0 + s1) + Tail(ref x, ref y, i, length);
    }

    /// <summary>
    /// Signed × signed bytes: the instruction takes its first factor without sign, therefore x + 128 goes in, and
    /// 128·Σy is taken off at the end.
    /// </summary>
    public static int DotVnni(ref sbyte x, ref sbyte y, nint length)
    {
        var bias = Vector256.Create((byte)128);
        var (s0, s1, excess) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
        nint i = 0;
        for (; i <= length - 64; i += 64)
        {
            var (y0, y1) = (Load256(ref y, i), Load256(ref y, i + 32));
            s0 = AvxVnni.MultiplyWideningAndAdd(s0, Load256(ref x, i).AsByte() ^ bias, y0);
            s1 = AvxVnni.MultiplyWideningAndAdd(s1, Load256(ref x, i + 32).AsByte() ^ bias, y1);
            excess = AvxVnni.MultiplyWideningAndAdd(excess, bias, y0);
            excess = AvxVnni.MultiplyWideningAndAdd(excess, bias, y1);
        }

        if (i <= length - 32)
        {
            var y0 = Load256(ref y, i);
            s0 = AvxVnni.MultiplyWideningAndAdd(s0, Load256(ref x, i).AsByte() ^ bias, y0);
            excess = AvxVnni.MultiplyWideningAndAdd(excess, bias, y0);
            i += 32;
        }

        return Vector256.Sum(s0 + s1 - excess) + Tail(ref x, ref y, i, length);
    }

    public static int Dot512(ref byte x, ref sbyte y, nint length)
    {
        var sum = Vector512<int>.Zero;
        nint i = 0;
        for (; i <= length - 32; i += 32)
        {
            sum += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Load256(ref x, i)), Avx512BW.ConvertToVector512Int16(Load256(ref y, i)));
        }

        return Vector512.Sum(sum) + Tail(ref x, ref y, i, length);
    }

    public static int Dot512(ref sbyte x, ref sbyte y, nint length)
    {
        var sum = Vector512<int>.Zero;
        nint i = 0;
        for (; i <= length - 32; i += 32)
        {
            sum += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Load256(ref x, i)), Avx512BW.ConvertToVector512Int16(Load256(ref y, i)));
        }

        return Vector512.Sum(sum) + Tail(ref x, ref y, i, length);
    }

    public static int Dot256(ref byte x, ref sbyte y, nint length)
    {
        var sum = Vector256<int>.Zero;
        nint i = 0;
        for (; i <= length - 16; i += 16)
        {
            sum += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Load128(ref x, i)), Avx2.ConvertToVector256Int16(Load128(ref y, i)));
        }

        return Vector256.Sum(sum) + Tail(ref x, ref y, i, length);
    }

    public static int Dot256(ref sbyte x, ref sbyte y, nint length)
    {
        var sum = Vector256<int>.Zero;
        nint i = 0;
        for (; i <= length - 16; i += 16)
        {
            sum += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Load128(ref x, i)), Avx2.ConvertToVector256Int16(Load128(ref y, i)));
        }

        return Vector256.Sum(sum) + Tail(ref x, ref y, i, length);
    }

    /// <summary>On any vectors of 16 bytes. A product of a byte and a signed byte fits 16 bits.</summary>
    public static int Dot128(ref byte x, ref sbyte y, nint length)
    {
        var sum = Vector128<int>.Zero;
        nint i = 0;
        for (; i <= length - 16; i += 16)
        {
            var (wideX, wideY) = (Load128(ref x, i), Load128(ref y, i));
            sum += AddWide(Vector128.WidenLower(wideX).AsInt16() * Vector128.WidenLower(wideY));
            sum += AddWide(Vector128.WidenUpper(wideX).AsInt16() * Vector128.WidenUpper(wideY));
        }

        return Vector128.Sum(sum) + Tail(ref x, ref y, i, length);
    }

    public static int Dot128(ref sbyte x, ref sbyte y, nint length)
    {
        var sum = Vector128<int>.Zero;
        nint i = 0;
        for (; i <= length - 16; i += 16)
        {
            var (wideX, wideY) = (Load128(ref x, i), Load128(ref y, i));
            sum += AddWide(Vector128.WidenLower(wideX) * Vector128.WidenLower(wideY));
            sum += AddWide(Vector128.WidenUpper(wideX) * Vector128.WidenUpper(wideY));
        }

        return Vector128.Sum(sum) + Tail(ref x, ref y, i, length);
    }

    private static int Tail(ref byte x, ref sbyte y, nint i, nint length)
    {
        var sum = 0;
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }

    private static int Tail(ref sbyte x, ref sbyte y, nint i, nint length)
    {
        var sum = 0;
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddWide(Vector128<short> x) => Vector128.WidenLower(x) + Vector128.WidenUpper(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Load256<T>(ref T source, nint offset)
        where T : unmanaged => Vector256.LoadUnsafe(ref source, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Load128<T>(ref T source, nint offset)
        where T : unmanaged => Vector128.LoadUnsafe(ref source, (nuint)offset);
}
