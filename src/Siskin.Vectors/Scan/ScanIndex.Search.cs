using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <content>Searching.</content>
public sealed unsafe partial class ScanIndex
{
    private const int CacheLine = 64;
    private const int PrefetchLines = 8;
    private const int Attempts = 3;

    private RescoreDepth _depth;
    private long _replacements;

    /// <inheritdoc/>
    /// <remarks>
    /// About lists · d to rank the lists, then the vectors of the probed ones, then k · RescoreFactor whole vectors. Where a
    /// filter lets only a share of these vectors pass, as many more lists are scanned. Equal scores go to the lower id, as
    /// far as the candidates go.
    /// </remarks>
    public int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options = default)
    {
        CheckVector(query, nameof(query));
        if (ids.Length != scores.Length)
        {
            throw new ArgumentException($"room for {ids.Length} ids and {scores.Length} scores; both must be k");
        }

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (ids.Length == 0)
        {
            return 0;
        }

        if (!_scratch.TryTake(out var scratch))
        {
            scratch = new();
        }

        try
        {
            // A replaced vector may be in two lists for a moment, or be seen in neither by a search that passed one before
            // and comes to the other after: such a search is done again.
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var before = Volatile.Read(ref _replacements);
                var found = Search(scratch, query, ids, scores, options);
                Interlocked.MemoryBarrier();
                if ((before & 1) == 0 && Volatile.Read(ref _replacements) == before)
                {
                    return found;
                }
            }

            lock (_changes)
            {
                return Search(scratch, query, ids, scores, options);
            }
        }
        finally
        {
            scratch.ForgetLists();
            _scratch.Add(scratch);
        }
    }

    private int Search(ScanScratch scratch, ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options)
    {
        var k = ids.Length;
        var coarse = Prepare(scratch, query);
        var whole = new ReadOnlySpan<float>(scratch.Whole, Dimensions);
        var effort = Math.Min(options.Effort > 0 ? options.Effort : Options.Probes, _lists.Length);
        var wanted = _depth.Candidates(k, effort);
        scratch.ReserveCandidates(wanted);
        var candidates = new Candidates(scratch.Keys, wanted, options);
        var (scanned, rows) = (0, 0);
        for (long probes = effort; scanned < probes; probes = More(probes, effort, candidates, k))
        {
            var most = (int)Math.Min(probes, _lists.Length);
            scratch.ReserveLists(most);
            TopK.Select(new ReadOnlySpan<float>(coarse, _lists.Length), scratch.Chosen.AsSpan(0, most), scratch.ChosenScores.AsSpan(0, most));
            for (; scanned < most; scanned++)
            {
                var number = scratch.Chosen[scanned];
                var list = Volatile.Read(ref _lists[number]);
                var count = list.Count;
                scratch.Lists[scanned] = list;
                scratch.Starts[scanned] = candidates.Start = rows;
                if (count > 0)
                {
                    EnsureVerified(list, number, count);
                    _codec.Scan(scratch.Query, list.Codes, list.Ids, count, CentroidScore(whole, number), ref candidates);
                    rows += count;
                }
            }
        }

        candidates.Finish();
        return Metric == VectorMetric.L2
            ? Rescore<Float32L2Scorer>(scratch, candidates, scanned, ids, scores)
            : Rescore<Float32DotScorer>(scratch, candidates, scanned, ids, scores);
    }

    // Of how many lists a search needs the vectors that it may find: as many more as there are asked for each that passes,
    // and four times as many as before while there are fewer than k.
    private long More(long probes, int effort, in Candidates candidates, int k)
    {
        var more = candidates.Passed > 0 ? (long)((double)effort * candidates.Asked / candidates.Passed) : probes;
        if (candidates.Count < k)
        {
            more = Math.Max(more, 4 * probes);
        }

        return Math.Min(more, _lists.Length);
    }

    // The query as it is compared, in the forms for rows and whole vectors; returns the scores of all centroids.
    private float* Prepare(ScanScratch scratch, ReadOnlySpan<float> query)
    {
        scratch.ReserveQuery(_wholeCodec.RowBytes, _codec.QueryBytes, _coarse.QueryBytes + 64 + (_lists.Length * sizeof(float)));
        var whole = new Span<float>(scratch.Whole, Dimensions);
        Take(query, whole);
        new Span<float>(scratch.Whole + Dimensions, (_wholeCodec.RowBytes / sizeof(float)) - Dimensions).Clear();
        _codec.Prepare(whole, scratch.Query);
        var coarse = (float*)(scratch.Coarse + ((_coarse.QueryBytes + 63) & ~63));
        _coarse.Score(whole, scratch.Coarse, coarse);
        return coarse;
    }

    private float CentroidScore(ReadOnlySpan<float> query, int list) => _codec.IsResidual ? _coarse.ResidualScore(query, list) : 0;

    private int Rescore<TScorer>(ScanScratch scratch, Candidates candidates, int scanned, Span<int> ids, Span<float> scores)
        where TScorer : struct, IRowScorer<TScorer>
    {
        var selection = new TopK(ids, scores);
        var starts = scratch.Starts.AsSpan(0, scanned);
        var bytes = _wholeCodec.RowBytes;
        var prefetched = Math.Min(bytes, PrefetchLines * CacheLine);
        if (IsWhole)
        {
            for (var i = 0; i < candidates.Count; i++)
            {
                var (list, row) = Place(scratch, starts, candidates.Position(i));
                var id = Volatile.Read(ref list.Ids[row]);
                if (id >= 0)
                {
                    selection.Push(id, candidates.Score(i));
                }
            }

            return selection.Finish();
        }

        // The room behind the candidates takes the addresses: at most as many keys are left as are wanted.
        var addresses = (byte**)(scratch.Keys + candidates.Count);
        for (var i = 0; i < candidates.Count; i++)
        {
            var (list, row) = Place(scratch, starts, candidates.Position(i));
            EnsureOriginal(list, row);
            var address = list.Originals + ((nint)row * bytes);
            addresses[i] = address;
            for (var at = 0; at < prefetched && Sse.IsSupported; at += CacheLine)
            {
                Sse.Prefetch0(address + at);
            }
        }

        var scorer = TScorer.Create((byte*)scratch.Whole, _wholeCodec);
        for (var i = 0; i < candidates.Count; i++)
        {
            var score = scorer.Score(addresses[i]);
            if (score >= selection.Threshold)
            {
                var (list, row) = Place(scratch, starts, candidates.Position(i));
                var id = Volatile.Read(ref list.Ids[row]);
                if (id >= 0)
                {
                    selection.Push(id, score);
                }
            }
        }

        return selection.Finish();
    }

    private static (ScanList List, int Row) Place(ScanScratch scratch, ReadOnlySpan<int> starts, int position)
    {
        // The last list that starts at or before it; empty ones start where the next does.
        var (low, high) = (0, starts.Length);
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            (low, high) = starts[middle] <= position ? (middle, high) : (low, middle);
        }

        return (scratch.Lists[low]!, position - starts[low]);
    }
}
