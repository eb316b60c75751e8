using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

public static partial class VectorMath
{
    /// <summary>Hamming distance: how many bits differ.</summary>
    /// <param name="x">Bits by words; unused ones of the last word must agree in both.</param>
    /// <param name="y">As many words.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int Hamming(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y)
    {
        CheckSameLength(x.Length, y.Length);
        return Hamming(ref MemoryMarshal.GetReference(x), ref MemoryMarshal.GetReference(y), x.Length);
    }

    /// <summary>Hamming distances of one query to every row of a matrix of bits.</summary>
    /// <param name="query">Some words.</param>
    /// <param name="rows">Row-major, n × as many words.</param>
    /// <param name="distances">Output, length n; smaller is nearer.</param>
    /// <exception cref="ArgumentException">The query is empty, or the rows have not n times its words.</exception>
    public static void Hammings(ReadOnlySpan<ulong> query, ReadOnlySpan<ulong> rows, Span<int> distances)
    {
        CheckMatrix(query.Length, rows.Length, query.Length, distances.Length);
        ref var q = ref MemoryMarshal.GetReference(query);
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = Hamming(ref q, ref MemoryMarshal.GetReference(rows[(i * query.Length)..]), query.Length);
        }
    }

    private static int Hamming(ref ulong x, ref ulong y, int length) =>
        length < HammingKernels.VectorWords ? HammingKernels.Words(ref x, ref y, length)
        : Avx512BW.IsSupported ? HammingKernels.Bytes512(ref x, ref y, length)
        : Avx2.IsSupported ? HammingKernels.Bytes256(ref x, ref y, length)
        : HammingKernels.Words(ref x, ref y, length);
}
