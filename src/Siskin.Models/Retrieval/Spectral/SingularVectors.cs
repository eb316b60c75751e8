using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Spectral;

/// <summary>The leading right singular vectors of a sparse matrix.</summary>
/// <remarks>
/// Randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4) with some vectors more than asked for,
/// and a Rayleigh-Ritz step at the end. The work is two sparse products of a block per round.
/// </remarks>
internal static class SingularVectors
{
    /// <param name="rows">m × n.</param>
    /// <param name="columns">Its transpose.</param>
    /// <param name="rank">How many; at most min(m, n), else there are fewer.</param>
    /// <param name="iterations">Rounds of the iteration, at least 1.</param>
    /// <param name="seed">Of the random start.</param>
    /// <param name="threads">0 uses every processor. Does not change the result.</param>
    /// <param name="round">Told after each round.</param>
    /// <param name="cancellationToken">Stops between two products.</param>
    /// <returns>n rows of rank numbers (a column is a singular vector), and the singular values, largest first.</returns>
    public static (PaddedFactors Vectors, float[] Values) Compute(
        InteractionMatrix rows,
        InteractionMatrix columns,
        int rank,
        int iterations,
        int seed,
        int threads,
        Action<int>? round,
        CancellationToken cancellationToken)
    {
        var limit = Math.Min(rows.RowCount, rows.ColumnCount);
        rank = Math.Min(rank, limit);
        var width = Math.Min(limit, rank + Math.Max(16, rank / 4));
        var right = new PaddedFactors(rows.ColumnCount, width);
        var left = new PaddedFactors(rows.RowCount, width);
        var spare = new PaddedFactors(rows.ColumnCount, width);
        FillGaussian(right, seed);
        for (var i = 0; i < iterations; i++)
        {
            SparseProduct.Multiply(rows, right, left, threads, cancellationToken);
            SparseProduct.Multiply(columns, left, spare, threads, cancellationToken);
            var gram = DenseGram(spare, threads, cancellationToken);
            TallProduct.Multiply(spare, InverseCholesky(gram, width), width, right, threads, cancellationToken);
            round?.Invoke(i + 1);
        }

        SparseProduct.Multiply(rows, right, left, threads, cancellationToken);
        var rotation = DenseGram(left, threads, cancellationToken);
        var squares = SymmetricEigen.Decompose(rotation, width);
        var vectors = new PaddedFactors(rows.ColumnCount, rank);
        TallProduct.Multiply(right, Leading(rotation, width, rank), rank, vectors, threads, cancellationToken);
        var values = new float[rank];
        for (var i = 0; i < rank; i++)
        {
            values[i] = (float)Math.Sqrt(Math.Max(0, squares[i]));
        }

        return (vectors, values);
    }

    private static void FillGaussian(PaddedFactors factors, int seed)
    {
        var random = new Random(seed);
        for (var row = 0; row < factors.Count; row++)
        {
            foreach (ref var value in factors.Row(row))
            {
                value = (float)random.NextNormal();
            }
        }
    }

    private static double[] DenseGram(PaddedFactors block, int threads, CancellationToken cancellationToken)
    {
        var (n, stride) = (block.Dimensions, block.Stride);
        var upper = Gramian.Compute(block, 1, threads, cancellationToken);
        var full = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = i; j < n; j++)
            {
                full[(i * n) + j] = full[(j * n) + i] = upper[(i * stride) + j];
            }
        }

        return full;
    }

    // G = LLᵀ; returns L⁻ᵀ, whose product with the block has orthonormal columns. A direction that is only rounding error
    // (the matrix has a smaller rank) becomes zero and stays zero.
    private static float[] InverseCholesky(double[] gram, int n)
    {
        var inverse = new double[n * n];
        for (var j = 0; j < n; j++)
        {
            var pivot = gram[(j * n) + j];
            var floor = 1e-6 * pivot;
            var row = gram.AsSpan(j * n, j);
            for (var k = 0; k < j; k++)
            {
                var other = gram.AsSpan(k * n, k);
                var sum = row[k];
                for (var l = 0; l < k; l++)
                {
                    sum -= row[l] * other[l];
                }

                row[k] = sum * inverse[(k * n) + k];
                pivot -= row[k] * row[k];
            }

            var scale = pivot > floor ? 1 / Math.Sqrt(pivot) : 0;
            var result = inverse.AsSpan(j * n, n);
            for (var k = 0; k < j; k++)
            {
                var factor = -row[k] * scale;
                var other = inverse.AsSpan(k * n, k + 1);
                for (var l = 0; l <= k; l++)
                {
                    result[l] += factor * other[l];
                }
            }

            result[j] = scale;
        }

        var transposed = new float[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                transposed[(j * n) + i] = (float)inverse[(i * n) + j];
            }
        }

        return transposed;
    }

    private static float[] Leading(double[] rows, int n, int count)
    {
        var columns = new float[n * count];
        for (var i = 0; i < count; i++)
        {
            for (var k = 0; k < n; k++)
            {
                columns[(k * count) + i] = (float)rows[(i * n) + k];
            }
        }

        return columns;
    }
}
