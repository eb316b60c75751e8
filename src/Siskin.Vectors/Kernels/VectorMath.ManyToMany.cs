using System.Buffers;

namespace Siskin.Vectors.Kernels;

public static partial class VectorMath
{
    /// <summary>Inner products of every query with every row.</summary>
    /// <param name="queries">Row-major, m × d.</param>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="d">Dimensions, at least 1.</param>
    /// <param name="scores">Output, row-major, m × n.</param>
    /// <exception cref="ArgumentException">The matrices are no whole numbers of rows, or the output has not m·n numbers.</exception>
    /// <remarks>
    /// Register-tiled; scores equal those of <see cref="Dot(ReadOnlySpan{float}, ReadOnlySpan{float})"/> to within rounding.
    /// Rows are repacked on the way, which pays from some eight queries on.
    /// </remarks>
    public static unsafe void DotsManyToMany(ReadOnlySpan<float> queries, ReadOnlySpan<float> rows, int d, Span<float> scores)
    {
        if (d < 1 || queries.Length % d != 0 || rows.Length % d != 0 || scores.Length != (long)(queries.Length / d) * (rows.Length / d))
        {
            throw new ArgumentException($"{queries.Length} numbers of queries, {rows.Length} of rows and room for {scores.Length} results do not fit {d} dimensions");
        }

        var (m, n) = (queries.Length / d, rows.Length / d);
        var width = QueryPanel.Width;
        var panel = ArrayPool<float>.Shared.Rent(d * width);
        var tile = stackalloc float[QueryPanel.TileRows * QueryPanel.MaxWidth];
        fixed (float* q = queries, p = panel, output = scores)
        {
            // Rows take the panel's place here, so that a query's scores come out next to each other.
            for (var row = 0; row < n; row += width)
            {
                var columns = Math.Min(width, n - row);
                QueryPanel.Pack(rows.Slice(row * d, columns * d), d, panel, width);
                for (var query = 0; query < m; query += QueryPanel.TileRows)
                {
                    var count = Math.Min(QueryPanel.TileRows, m - query);
                    QueryPanel.Multiply(p, q + ((nint)query * d), count, d, tile);
                    for (var i = 0; i < count; i++)
                    {
                        new ReadOnlySpan<float>(tile + (i * width), columns).CopyTo(new Span<float>(output + ((nint)(query + i) * n) + row, columns));
                    }
                }
            }
        }

        ArrayPool<float>.Shared.Return(panel);
    }

    /// <summary>Squared Euclidean distances of every query to every row, as |q|² + |r|² − 2·q·r and never below 0.</summary>
    /// <param name="queries">Row-major, m × d.</param>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="d">Dimensions, at least 1.</param>
    /// <param name="distances">Output, row-major, m × n.</param>
    /// <exception cref="ArgumentException">The matrices are no whole numbers of rows, or the output has not m·n numbers.</exception>
    /// <remarks>
    /// Where a distance is small beside the norms, its leading digits cancel: the error is about d·2⁻²⁴·(|q| + |r|)².
    /// Whoever needs more computes the few that matter again by <see cref="SquaredL2(ReadOnlySpan{float}, ReadOnlySpan{float})"/>.
    /// </remarks>
    public static void SquaredL2sManyToMany(ReadOnlySpan<float> queries, ReadOnlySpan<float> rows, int d, Span<float> distances)
    {
        DotsManyToMany(queries, rows, d, distances);
        var (m, n) = (queries.Length / d, rows.Length / d);
        var norms = ArrayPool<float>.Shared.Rent(n);
        for (var i = 0; i < n; i++)
        {
            var row = rows.Slice(i * d, d);
            norms[i] = Dot(row, row);
        }

        for (var q = 0; q < m; q++)
        {
            var query = queries.Slice(q * d, d);
            var norm = Dot(query, query);
            var line = distances.Slice(q * n, n);
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = MathF.Max(0, norm + norms[i] - (2 * line[i]));
            }
        }

        ArrayPool<float>.Shared.Return(norms);
    }
}
