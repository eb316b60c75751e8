using Siskin.Models.Factorization;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Spectral;

/// <summary>Multiplies a tall block of vectors by a small square or narrow matrix.</summary>
internal static unsafe class TallProduct
{
    private const int Size = ProductTile.Size;

    /// <summary>target = source · matrix.</summary>
    /// <param name="source">m rows of n numbers.</param>
    /// <param name="matrix">Row-major, n × columns.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="target">m rows of that many numbers; overwritten. Not the source.</param>
    /// <param name="threads">0 uses every processor. Does not change the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Multiply(PaddedFactors source, ReadOnlySpan<float> matrix, int columns, PaddedFactors target, int threads, CancellationToken cancellationToken)
    {
        var padded = new PaddedFactors(matrix, columns);
        var n = source.Dimensions;
        var runs = RowPartition.Create((source.Count + Size - 1) / Size, _ => 1);
        RowPartition.Run(runs, threads, cancellationToken, () => new PaddedFactors(n + Size, Size), (panel, first, end) =>
        {
            for (var block = first; block < end; block++)
            {
                var row = block * Size;
                var count = Math.Min(Size, source.Count - row);
                for (var i = 0; i < count; i++)
                {
                    var from = source.Start + ((nint)(row + i) * source.Stride);
                    for (var k = 0; k < n; k++)
                    {
                        panel.Start[(k * Size) + i] = from[k];
                    }
                }

                var tile = panel.Start + (n * Size);
                for (var column = 0; column < padded.Stride; column += Size)
                {
                    ProductTile.Multiply(panel.Start, Size, padded.Start + column, padded.Stride, n, tile, Size, TileMode.Replace);
                    for (var i = 0; i < count; i++)
                    {
                        Lanes16.Scale(tile + (i * Size), 1, target.Start + ((nint)(row + i) * target.Stride) + column);
                    }
                }
            }
        });
        GC.KeepAlive(padded);
        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }
}
