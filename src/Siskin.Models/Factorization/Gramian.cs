using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Factorization;

/// <summary>Computes HᵀH, upper triangle of tiles.</summary>
internal static unsafe class Gramian
{
    private const int Chunks = 16;
    private const int BlockRows = 256;

    /// <param name="factors">H.</param>
    /// <param name="scale">Factor of the result (α₀).</param>
    /// <param name="threads">0 uses every processor. Does not change the result.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Row-major, stride × stride; tiles below the diagonal are undefined.</returns>
    public static float[] Compute(PaddedFactors factors, float scale, int threads, CancellationToken cancellationToken)
    {
        var n = factors.Stride;
        var chunkRows = Math.Max(BlockRows, ((factors.Count + Chunks - 1) / Chunks + BlockRows - 1) / BlockRows * BlockRows);
        var chunkCount = Math.Max(1, (factors.Count + chunkRows - 1) / chunkRows);

        // A fixed number of partial sums, added in a fixed order, gives the same result for any number of threads.
        var parts = new PaddedFactors[chunkCount];
        var ends = new int[chunkCount];
        for (var chunk = 0; chunk < chunkCount; chunk++)
        {
            ends[chunk] = chunk + 1;
        }

        RowPartition.Run(ends, threads, cancellationToken, () => 0, (_, chunk, _) =>
        {
            var part = new PaddedFactors(n, n);
            var end = Math.Min(factors.Count, (chunk + 1) * chunkRows);
            for (var row = chunk * chunkRows; row < end; row += BlockRows)
            {
                AddProducts(factors.Start + ((nint)row * n), Math.Min(BlockRows, end - row), n, part.Start);
            }

            parts[chunk] = part;
            GC.KeepAlive(factors);
        });

        var sum = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = i / ProductTile.Size * ProductTile.Size; j < n; j++)
            {
                var total = 0.0;
                foreach (var part in parts)
                {
                    total += part.Start[(i * n) + j];
                }

                sum[(i * n) + j] = (float)(scale * total);
            }
        }

        GC.KeepAlive(parts);
        return sum;
    }

    private static void AddProducts(float* rows, int count, int n, float* sum)
    {
        for (var i = 0; i < n; i += ProductTile.Size)
        {
            for (var j = i; j < n; j += ProductTile.Size)
            {
                ProductTile.Multiply(rows + i, n, rows + j, n, count, sum + (i * n) + j, n, TileMode.Add);
            }
        }
    }
}
