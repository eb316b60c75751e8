namespace Siskin.Vectors.Exact;

public sealed partial class ExactIndex
{
    /// <summary>Fewer queries than this are cheaper to search one by one.</summary>
    private const int SmallBatch = 4;

    /// <summary>Finds the k nearest vectors of each of many queries.</summary>
    /// <param name="queries">Row-major, m × d, finite; need not be normalised.</param>
    /// <param name="k">How many to find for each.</param>
    /// <param name="ids">Output, row-major, m × k, nearest first; missing results are −1.</param>
    /// <param name="scores">Output, row-major, m × k, as <see cref="Search(ReadOnlySpan{float}, Span{int}, Span{float}, SearchOptions)"/> gives them.</param>
    /// <param name="threads">How many threads may work, the caller's among them; at least 1.</param>
    /// <exception cref="ArgumentException">The queries are no whole number of vectors or not finite, or an output has not m·k places.</exception>
    /// <remarks>
    /// Ids and scores are exactly those of single searches, all of the same version of the index. m·n·d multiply-adds near
    /// the processor's peak rate; safe beside searches and changes.
    /// </remarks>
    public void SearchMany(ReadOnlyMemory<float> queries, int k, Memory<int> ids, Memory<float> scores, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var count = queries.Length / Dimensions;
        if (queries.Length % Dimensions != 0 || ids.Length != (long)count * k || scores.Length != ids.Length)
        {
            throw new ArgumentException($"{queries.Length} numbers of queries with room for {ids.Length} ids and {scores.Length} scores do not fit {Dimensions} dimensions and k = {k}");
        }

        for (var query = 0; query < count; query++)
        {
            CheckVector(queries.Span.Slice(query * Dimensions, Dimensions), nameof(queries));
        }

        if (k == 0 || count == 0)
        {
            return;
        }

        EnsureVerified();
        var snapshot = Volatile.Read(ref _snapshot);
        if (count < SmallBatch)
        {
            for (var query = 0; query < count; query++)
            {
                Search(snapshot, queries.Span.Slice(query * Dimensions, Dimensions), ids.Span.Slice(query * k, k), scores.Span.Slice(query * k, k), default);
            }

            GC.KeepAlive(this);
            return;
        }

        var search = new BatchSearch(snapshot, Metric, Dimensions, queries, k, ids, scores);
        var size = BatchSearch.GroupSize(Dimensions, count, threads);
        var groups = (count + size - 1) / size;
        if (threads == 1 || groups == 1)
        {
            for (var group = 0; group < groups; group++)
            {
                search.Run(group * size, Math.Min(size, count - (group * size)));
            }
        }
        else
        {
            Parallel.For(0, groups, new ParallelOptions { MaxDegreeOfParallelism = threads }, group => search.Run(group * size, Math.Min(size, count - (group * size))));
        }

        GC.KeepAlive(this);
    }
}
