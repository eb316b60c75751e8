using System.Numerics;
using System.Runtime.InteropServices;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Exact;

/// <summary>Finds the true k nearest vectors by comparing the query with every one.</summary>
/// <remarks>
/// <para>
/// The baseline for recall of approximate indexes, and the better choice below some ten thousand vectors. O(n·d) per
/// query; a search allocates nothing and takes no lock. Ties go to the lower id.
/// </para>
/// <para>
/// A search sees one version of the index from its start to its end: each change publishes a new one, rows never move or
/// change, and removed ones stay until no search can see them. Changes take turns. When more than half of a full stretch
/// of rows is removed, the change that finds this copies the rest of them.
/// </para>
/// </remarks>
public sealed partial class ExactIndex : IVectorIndex
{
    private const int BlockRows = 256;
    private const int WordRows = 64;

    /// <summary>Below this many allowed rows of 64, each is scored alone.</summary>
    private const int SparseWord = 16;

    private readonly Lock _changes = new();
    private readonly Dictionary<int, (ExactSegment Segment, int Row)> _places = [];
    private readonly List<ExactSegment> _segments = [];
    private ExactSegment? _wrapped;
    private ExactSnapshot _snapshot;

    /// <summary>Makes an empty index.</summary>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    public ExactIndex(int dimensions, VectorMetric metric = VectorMetric.InnerProduct)
        : this(ReadOnlyMemory<float>.Empty, dimensions, metric)
    {
    }

    /// <summary>Wraps rows without copying them. They must not change afterwards.</summary>
    /// <param name="rows">Row-major, n × d, finite; need not be normalised. For cosine their norms are computed once.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="ids">Length n, no two the same; empty takes the rows' numbers.</param>
    /// <exception cref="ArgumentException">The number of floats is not a multiple of d, or there are not as many ids, or one is negative.</exception>
    public ExactIndex(ReadOnlyMemory<float> rows, int dimensions, VectorMetric metric = VectorMetric.InnerProduct, ReadOnlyMemory<int> ids = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        Dimensions = dimensions;
        Metric = metric;
        var count = rows.Length / dimensions;
        if (!ids.IsEmpty)
        {
            if (ids.Length != count)
            {
                throw new ArgumentException($"{ids.Length} ids for {count} vectors", nameof(ids));
            }

            foreach (var id in ids.Span)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            }
        }

        if (!rows.IsEmpty)
        {
            var segment = new ExactSegment(rows, dimensions, metric == VectorMetric.Cosine, ids.IsEmpty ? null : ids.ToArray());
            _segments.Add(segment);
            if (segment.IsDense)
            {
                _wrapped = segment;
            }
            else
            {
                _unplaced = [segment];
            }
        }

        _snapshot = new ExactSnapshot(0, [.. _segments], count, count);
    }

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _snapshot).Alive;

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <inheritdoc/>
    public VectorMetric Metric { get; }

    /// <inheritdoc/>
    /// <remarks>Wrapped rows count as held. Vectors include room for rows to come and rows that are removed.</remarks>
    public IndexMemory Memory
    {
        get
        {
            lock (_changes)
            {
                var (vectors, structure) = (0L, 32L * _places.Count);
                foreach (var segment in _segments)
                {
                    vectors += 4L * segment.Rows.Length;
                    structure += segment.StructureBytes;
                }

                return new IndexMemory(vectors, structure);
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Fewer than k are found when fewer are allowed or have a score that is a number. A predicate is asked only about ids
    /// that would otherwise be among the k best so far.
    /// </remarks>
    public int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options = default)
    {
        CheckVector(query, nameof(query));
        EnsureVerified();
        var found = Search(Volatile.Read(ref _snapshot), query, ids, scores, options);

        // An index that nobody else holds any more would otherwise unmap its file under the last rows.
        GC.KeepAlive(this);
        return found;
    }

    private int Search(ExactSnapshot snapshot, ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options)
    {
        var selection = new TopK(ids, scores);
        var scale = Metric == VectorMetric.Cosine ? ExactSegment.InverseNorm(query) : 1;
        Span<float> block = stackalloc float[BlockRows];
        for (var i = 0; i < snapshot.Segments.Length; i++)
        {
            var segment = snapshot.Segments[i];
            var rows = snapshot.CountOf(i);
            if (segment.IsDense && !options.Allowed.IsEmpty)
            {
                ScanAllowed(segment, rows, snapshot.Version, query, scale, options, block[..WordRows], ref selection);
                continue;
            }

            for (var start = 0; start < rows; start += BlockRows)
            {
                var part = block[..Math.Min(BlockRows, rows - start)];
                Score(segment, query, scale, start, part);
                Offer(segment, start, part, snapshot.Version, options, ref selection);
            }
        }

        return selection.Finish();
    }

    // Bitmap and rows run in step: words without an allowed row are passed over, sparse ones scored row by row.
    private void ScanAllowed(ExactSegment segment, int rows, long version, ReadOnlySpan<float> query, float scale, SearchOptions options, scoped Span<float> block, scoped ref TopK selection)
    {
        for (var start = 0; start < rows && start >> 6 < options.Allowed.Length; start += WordRows)
        {
            var word = options.Allowed[start >> 6];
            if (BitOperations.PopCount(word) > SparseWord)
            {
                var part = block[..Math.Min(WordRows, rows - start)];
                Score(segment, query, scale, start, part);
                Offer(segment, start, part, version, options, ref selection);
                continue;
            }

            for (; word != 0; word &= word - 1)
            {
                var row = start + BitOperations.TrailingZeroCount(word);
                if (row < rows)
                {
                    Score(segment, query, scale, row, block[..1]);
                    Offer(segment, row, block[..1], version, options, ref selection);
                }
            }
        }
    }

    private static void Offer(ExactSegment segment, int start, scoped ReadOnlySpan<float> scores, long version, SearchOptions options, scoped ref TopK selection)
    {
        if (segment.IsDense && !segment.HasRemovals && !options.IsFiltered)
        {
            selection.PushRange(start, scores);
            return;
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] >= selection.Threshold && segment.IsAlive(start + i, version) && options.Allows(segment.Id(start + i)))
            {
                selection.Push(segment.Id(start + i), scores[i]);
            }
        }
    }

    // Bit for bit the same for a row, whichever rows are scored with it.
    private void Score(ExactSegment segment, ReadOnlySpan<float> query, float scale, int start, Span<float> scores)
    {
        var rows = segment.Rows.Span.Slice(start * Dimensions, scores.Length * Dimensions);
        if (Metric == VectorMetric.L2)
        {
            VectorMath.SquaredL2s(query, rows, Dimensions, scores);
            Negate(scores);
            return;
        }

        VectorMath.Dots(query, rows, Dimensions, scores);
        if (Metric == VectorMetric.Cosine)
        {
            Scale(scores, segment.InverseNorms.Slice(start, scores.Length), scale);
        }
    }

    private static void Negate(Span<float> scores)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(scores);
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = -wide[i];
        }

        for (var i = wide.Length * Vector<float>.Count; i < scores.Length; i++)
        {
            scores[i] = -scores[i];
        }
    }

    private static void Scale(Span<float> scores, ReadOnlySpan<float> norms, float scale)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var wideNorms = MemoryMarshal.Cast<float, Vector<float>>(norms);
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = wide[i] * wideNorms[i] * scale;
        }

        for (var i = wide.Length * Vector<float>.Count; i < scores.Length; i++)
        {
            scores[i] = scores[i] * norms[i] * scale;
        }
    }

    private void CheckVector(ReadOnlySpan<float> vector, string name)
    {
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"the vector has {vector.Length} dimensions, the index {Dimensions}", name);
        }

        foreach (var value in vector)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("a number of the vector is not finite", name);
            }
        }
    }
}
