using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Exact;

/// <summary>Finds the true k nearest rows by comparing the query with every row.</summary>
/// <remarks>
/// The baseline for recall of approximate indexes, and the better choice below some ten thousand rows. Safe for concurrent
/// searches as long as nobody changes the rows. O(n·d) per query; nothing is allocated.
/// </remarks>
public sealed class ExactIndex
{
    private const int BlockRows = 256;

    private readonly ReadOnlyMemory<float> _rows;
    private readonly float[] _inverseNorms;

    /// <summary>Wraps rows without copying them; for cosine their norms are computed once, so rows must not change afterwards.</summary>
    /// <param name="rows">Row-major, n × d; need not be normalised.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <exception cref="ArgumentException">The number of floats is not a multiple of d.</exception>
    public ExactIndex(ReadOnlyMemory<float> rows, int dimensions, VectorMetric metric = VectorMetric.InnerProduct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        _rows = rows;
        Dimensions = dimensions;
        Count = rows.Length / dimensions;
        Metric = metric;
        _inverseNorms = [];
        if (metric == VectorMetric.Cosine)
        {
            _inverseNorms = new float[Count];
            for (var i = 0; i < Count; i++)
            {
                _inverseNorms[i] = InverseNorm(rows.Span.Slice(i * dimensions, dimensions));
            }
        }
    }

    /// <summary>Number of rows, n.</summary>
    public int Count { get; }

    /// <summary>Numbers per row, d.</summary>
    public int Dimensions { get; }

    /// <summary>How nearness is measured.</summary>
    public VectorMetric Metric { get; }

    /// <summary>Finds the k nearest rows, where k is the length of the outputs.</summary>
    /// <param name="query">Length d; need not be normalised.</param>
    /// <param name="ids">Output, length k: row numbers, nearest first, ties by lower row; missing results are −1.</param>
    /// <param name="scores">
    /// Output, length k; larger is nearer: the inner product, the cosine, or the squared distance with its sign turned.
    /// −∞ where missing.
    /// </param>
    /// <param name="allowed">Bit i (word i / 64, bit i % 64) allows row i; rows behind its end are not allowed. Empty allows all.</param>
    /// <returns>How many rows were found: fewer than k when fewer are allowed or have a score that is a number.</returns>
    /// <exception cref="ArgumentException">The query has not d numbers, or the outputs have different lengths.</exception>
    public int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, ReadOnlySpan<ulong> allowed = default)
    {
        if (query.Length != Dimensions)
        {
            throw new ArgumentException($"the query has {query.Length} dimensions, the index {Dimensions}", nameof(query));
        }

        var selection = new TopK(ids, scores);
        var rows = _rows.Span;
        var queryScale = Metric == VectorMetric.Cosine ? InverseNorm(query) : 1;
        Span<float> block = stackalloc float[BlockRows];
        for (var start = 0; start < Count; start += BlockRows)
        {
            var count = Math.Min(BlockRows, Count - start);
            if (!AnyAllowed(allowed, start, count))
            {
                continue;
            }

            var blockScores = block[..count];
            Score(query, queryScale, rows.Slice(start * Dimensions, count * Dimensions), start, blockScores);
            if (allowed.IsEmpty)
            {
                selection.PushRange(start, blockScores);
                continue;
            }

            for (var i = 0; i < count; i++)
            {
                if (IsAllowed(allowed, start + i))
                {
                    selection.Push(start + i, blockScores[i]);
                }
            }
        }

        return selection.Finish();
    }

    private static float InverseNorm(ReadOnlySpan<float> vector)
    {
        var norm = VectorMath.Norm(vector);
        return norm > 0 ? 1 / norm : 0;
    }

    private static bool IsAllowed(ReadOnlySpan<ulong> allowed, int row) =>
        row >> 6 < allowed.Length && ((allowed[row >> 6] >> (row & 63)) & 1) != 0;

    // Blocks start at multiples of 64, so that whole words decide whether a block can be left out.
    private static bool AnyAllowed(ReadOnlySpan<ulong> allowed, int start, int count)
    {
        if (allowed.IsEmpty)
        {
            return true;
        }

        var first = Math.Min(start >> 6, allowed.Length);
        var end = Math.Min((start + count + 63) >> 6, allowed.Length);
        return allowed[first..end].ContainsAnyExcept(0ul);
    }

    private void Score(ReadOnlySpan<float> query, float queryScale, ReadOnlySpan<float> rows, int start, Span<float> scores)
    {
        if (Metric == VectorMetric.L2)
        {
            VectorMath.SquaredL2s(query, rows, Dimensions, scores);
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = -scores[i];
            }

            return;
        }

        VectorMath.Dots(query, rows, Dimensions, scores);
        if (Metric == VectorMetric.Cosine)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] *= _inverseNorms[start + i] * queryScale;
            }
        }
    }
}
