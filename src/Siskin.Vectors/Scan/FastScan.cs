using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Scan;

/// <summary>Sums of table entries for 32 rows at once.</summary>
/// <remarks>
/// Bytes are summed without widening each: a 16-bit lane that adds pairs of bytes holds the low byte's sum plus 256 times the
/// high byte's, another holds the high byte's sum; the difference gives the low one.
/// </remarks>
internal static unsafe class FastScan
{
    /// <summary>Four sub-spaces of 16 bytes.</summary>
    public const int GroupBytes = 64;

    /// <summary>Sums for a block, row by row.</summary>
    /// <param name="codes">The block: <paramref name="groups"/> · 64 bytes.</param>
    /// <param name="tables">As many bytes; aligned to 64 or not.</param>
    /// <param name="groups">Groups of four sub-spaces.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Sums(byte* codes, byte* tables, int groups) =>
        Avx512BW.IsSupported ? Sums512(codes, tables, groups) : Sums128(codes, tables, groups);

    /// <summary>The rows' own numbers in steps of the tables.</summary>
    /// <param name="numbers">32 numbers of 16 bits.</param>
    /// <param name="factor">Their range in steps, less than 65,536.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Own(byte* numbers, ushort factor)
    {
        var x = Vector512.Load((ushort*)numbers);
        if (Avx512BW.IsSupported)
        {
            return Avx512BW.MultiplyHigh(x, Vector512.Create(factor));
        }

        var scale = Vector512.Create((uint)factor);
        return Vector512.Narrow((Vector512.WidenLower(x) * scale) >>> 16, (Vector512.WidenUpper(x) * scale) >>> 16);
    }

    /// <summary>The same sums by plain loops.</summary>
    public static void SumsReference(byte* codes, byte* tables, int groups, Span<ushort> sums)
    {
        sums.Clear();
        for (var j = 0; j < 4 * groups; j++)
        {
            for (var i = 0; i < 16; i++)
            {
                var code = codes[(16 * j) + i];
                sums[i] += tables[(16 * j) + (code & 15)];
                sums[i + 16] += tables[(16 * j) + (code >> 4)];
            }
        }
    }

    /// <summary>For processors with shuffles of 64 bytes: four sub-spaces at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ushort> Sums512(byte* codes, byte* tables, int groups)
    {
        var nibble = Vector512.Create((byte)15);
        Vector512<ushort> a0 = default, a1 = default, b0 = default, b1 = default;
        for (var g = 0; g < groups; g++)
        {
            var table = Vector512.Load(tables);
            var pair = Vector512.Load(codes);
            var low = Avx512BW.Shuffle(table, pair & nibble).AsUInt16();
            var high = Avx512BW.Shuffle(table, (pair.AsUInt16() >>> 4).AsByte() & nibble).AsUInt16();
            a0 += low;
            a1 += low >>> 8;
            b0 += high;
            b1 += high >>> 8;
            tables += GroupBytes;
            codes += GroupBytes;
        }

        // Rows 0, 2, …, 14 and 1, 3, …, 15 of each quarter's sub-spaces, then the quarters together.
        var (even, odd) = (Quarters(a0 - (a1 << 8)), Quarters(a1));
        var (evenHigh, oddHigh) = (Quarters(b0 - (b1 << 8)), Quarters(b1));
        return Vector512.Create(
            Vector256.Create(Sse2.UnpackLow(even, odd), Sse2.UnpackHigh(even, odd)),
            Vector256.Create(Sse2.UnpackLow(evenHigh, oddHigh), Sse2.UnpackHigh(evenHigh, oddHigh)));
    }

    /// <summary>For all others: one sub-space at a time.</summary>
    public static Vector512<ushort> Sums128(byte* codes, byte* tables, int groups)
    {
        var nibble = Vector128.Create((byte)15);
        Vector128<ushort> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var j = 0; j < 4 * groups; j++)
        {
            var table = Vector128.Load(tables + (16 * j));
            var pair = Vector128.Load(codes + (16 * j));
            var low = Vector128.ShuffleNative(table, pair & nibble);
            var high = Vector128.ShuffleNative(table, pair >>> 4);
            s0 += Vector128.WidenLower(low);
            s1 += Vector128.WidenUpper(low);
            s2 += Vector128.WidenLower(high);
            s3 += Vector128.WidenUpper(high);
        }

        return Vector512.Create(Vector256.Create(s0, s1), Vector256.Create(s2, s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Quarters(Vector512<ushort> x)
    {
        var halves = x.GetLower() + x.GetUpper();
        return halves.GetLower() + halves.GetUpper();
    }
}
