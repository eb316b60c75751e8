using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

/// <summary>Counts of differing bits.</summary>
internal static class HammingKernels
{
    /// <summary>From here on the counting in vectors wins over the processor's instruction for one word.</summary>
    public const int VectorWords = 32;

    public static int Words(ref ulong x, ref ulong y, nint length)
    {
        var (s0, s1) = (0, 0);
        nint i = 0;
        for (; i <= length - 2; i += 2)
        {
            s0 += BitOperations.PopCount(Unsafe.Add(ref x, i) ^ Unsafe.Add(ref y, i));
            s1 += BitOperations.PopCount(Unsafe.Add(ref x, i + 1) ^ Unsafe.Add(ref y, i + 1));
        }

        return s0 + s1 + (i < length ? BitOperations.PopCount(Unsafe.Add(ref x, i) ^ Unsafe.Add(ref y, i)) : 0);
    }

    /// <summary>A table of the counts of four bits, looked up for both halves of each byte (Muła, Kurz and Lemire 2018).</summary>
    public static int Bytes512(ref ulong x, ref ulong y, nint length)
    {
        var table = Vector512.Create(Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4)));
        var low = Vector512.Create((byte)15);
        var sum = Vector512<ulong>.Zero;
        nint i = 0;
        for (; i <= length - 8; i += 8)
        {
            var differing = (Vector512.LoadUnsafe(ref x, (nuint)i) ^ Vector512.LoadUnsafe(ref y, (nuint)i)).AsByte();
            var counts = Avx512BW.Shuffle(table, differing & low) + Avx512BW.Shuffle(table, (differing.AsUInt16() >>> 4).AsByte() & low);
            sum += Avx512BW.SumAbsoluteDifferences(counts, Vector512<byte>.Zero).AsUInt64();
        }

        return (int)Vector512.Sum(sum) + Words(ref Unsafe.Add(ref x, i), ref Unsafe.Add(ref y, i), length - i);
    }

    /// <summary>As <see cref="Bytes512"/>, in 32 bytes.</summary>
    public static int Bytes256(ref ulong x, ref ulong y, nint length)
    {
        var table = Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        var low = Vector256.Create((byte)15);
        var sum = Vector256<ulong>.Zero;
        nint i = 0;
        for (; i <= length - 4; i += 4)
        {
            var differing = (Vector256.LoadUnsafe(ref x, (nuint)i) ^ Vector256.LoadUnsafe(ref y, (nuint)i)).AsByte();
            var counts = Avx2.Shuffle(table, differing & low) + Avx2.Shuffle(table, (differing.AsUInt16() >>> 4).AsByte() & low);
            sum += Avx2.SumAbsoluteDifferences(counts, Vector256<byte>.Zero).AsUInt64();
        }

        return (int)Vector256.Sum(sum) + Words(ref Unsafe.Add(ref x, i), ref Unsafe.Add(ref y, i), length - i);
    }
}
