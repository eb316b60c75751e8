using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Spectral;

/// <summary>Multiplies a sparse matrix by tall blocks of vectors.</summary>
internal static unsafe class SparseProduct
{
    /// <summary>target = matrix · source, row by row, on all cores; the result does not depend on their number.</summary>
    /// <param name="matrix">m × n.</param>
    /// <param name="source">n rows.</param>
    /// <param name="target">m rows of the same stride; overwritten.</param>
    /// <param name="threads">0 uses every processor.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Multiply(InteractionMatrix matrix, PaddedFactors source, PaddedFactors target, int threads, CancellationToken cancellationToken)
    {
        var stride = source.Stride;
        var runs = RowPartition.Create(matrix.RowCount, row => matrix.Row(row).Length + 1);
        RowPartition.Run(runs, threads, cancellationToken, () => 0, (_, first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var to = target.Start + ((nint)row * stride);
                new Span<float>(to, stride).Clear();
                var entries = matrix.Row(row);
                for (var i = 0; i < entries.Length; i++)
                {
                    AddScaled(source.Start + ((nint)entries.Columns[i] * stride), entries.Values[i], to, stride);
                }
            }
        });
        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }

    private static void AddScaled(float* from, float factor, float* to, int length)
    {
        for (var i = 0; i < length; i += Lanes16.Count)
        {
            Lanes16.AddScaled(from + i, factor, to + i);
        }
    }
}
