using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <summary>Walks the graph for one prepared query; one class per row format, so that comparing compiles into the loop.</summary>
internal abstract unsafe class HnswWalker
{
    /// <summary>The walker of a format.</summary>
    public static HnswWalker Create(HnswGraph graph, ChunkedRows rows, RowCodec codec) => (codec.Format, codec.Metric == VectorMetric.L2) switch
    {
        (VectorFormat.Float32, false) => new HnswWalker<Float32DotScorer>(graph, rows, codec),
        (VectorFormat.Float32, true) => new HnswWalker<Float32L2Scorer>(graph, rows, codec),
        (VectorFormat.Float16, false) => new HnswWalker<Float16DotScorer>(graph, rows, codec),
        (VectorFormat.Float16, true) => new HnswWalker<Float16L2Scorer>(graph, rows, codec),
        (VectorFormat.Int8, false) => new HnswWalker<Int8Scorer<Int8Tails.Dot>>(graph, rows, codec),
        (VectorFormat.Int8, true) => new HnswWalker<Int8Scorer<Int8Tails.L2>>(graph, rows, codec),
        (VectorFormat.Int8Symmetric, false) => new HnswWalker<Int8Scorer<Int8Tails.SymmetricDot>>(graph, rows, codec),
        (VectorFormat.Int8Symmetric, true) => new HnswWalker<Int8Scorer<Int8Tails.SymmetricL2>>(graph, rows, codec),
        (VectorFormat.ProductQuantized, _) => new HnswWalker<PqScorer>(graph, rows, codec),
        _ => throw new NotSupportedException($"HNSW does not walk rows of format {codec.Format}"),
    };

    /// <summary>Goes to the nearest slot that can be reached by steps that each come nearer.</summary>
    /// <param name="scratch">Holds the prepared query.</param>
    /// <param name="entry">Where to begin.</param>
    /// <param name="from">The layer to begin on.</param>
    /// <param name="to">The last layer, at least 1.</param>
    /// <returns>The slot, as the entry for the layer below.</returns>
    public abstract int Descend(SearchScratch scratch, int entry, int from, int to);

    /// <summary>Finds the nearest slots of a layer.</summary>
    /// <param name="scratch">Holds the prepared query, and which slots were seen.</param>
    /// <param name="list">Empty, or the candidates to begin with.</param>
    /// <param name="entry">Where to begin; −1 when the list is not empty.</param>
    /// <param name="level">The layer.</param>
    public abstract void Search(SearchScratch scratch, ref CandidateList list, int entry, int level);

    /// <summary>Finds the nearest slots of the lowest layer among those that are allowed.</summary>
    /// <param name="scratch">Holds the prepared query.</param>
    /// <param name="list">Empty; receives allowed slots only.</param>
    /// <param name="entry">Where to begin.</param>
    /// <param name="allowed">What may be found.</param>
    /// <param name="budget">How many rows may be compared.</param>
    /// <returns>False when the budget was used up before the end.</returns>
    public abstract bool SearchAllowed(SearchScratch scratch, ref CandidateList list, int entry, SlotFilter allowed, long budget);

    /// <summary>Scores one slot.</summary>
    /// <param name="scratch">Holds the prepared query.</param>
    /// <param name="list">Receives it.</param>
    /// <param name="slot">The slot.</param>
    public abstract void ScanOne(SearchScratch scratch, ref CandidateList list, int slot);

    /// <summary>Scores every allowed slot.</summary>
    /// <param name="scratch">Holds the prepared query.</param>
    /// <param name="list">Receives the best.</param>
    /// <param name="slots">Number of slots.</param>
    /// <param name="allowed">What may be found.</param>
    public abstract void Scan(SearchScratch scratch, ref CandidateList list, int slots, SlotFilter allowed);
}

/// <inheritdoc/>
internal sealed unsafe class HnswWalker<TScorer>(HnswGraph graph, ChunkedRows rows, RowCodec codec) : HnswWalker
    where TScorer : struct, IRowScorer<TScorer>
{
    private const int CacheLine = 64;

    // More lines than this come by themselves once the first are asked for.
    private readonly int _prefetchBytes = Math.Min(codec.RowBytes, 8 * CacheLine);
    private readonly int _room = graph.M0;

    public override int Descend(SearchScratch scratch, int entry, int from, int to)
    {
        var scorer = TScorer.Create(scratch.Query, codec);
        var file = graph.File;
        var limit = (uint)scratch.Slots;
        var best = entry;
        file?.EnsureRow(entry);
        var bestScore = scorer.Score(rows.Row(entry));
        for (var level = from; level >= to; level--)
        {
            for (var moved = true; moved;)
            {
                moved = false;
                // A file may have been made up: what it says is not believed before it was checked.
                var list = *(int*)graph.UpperStart.Row(best) + level - 1;
                if ((uint)list >= (uint)graph.UpperUsed)
                {
                    break;
                }

                var links = (int*)graph.Upper.Row(list);
                for (var i = 0; i < graph.M; i++)
                {
                    // Read once: a list may be shortened meanwhile.
                    var next = Volatile.Read(ref links[i]);
                    if ((uint)next >= limit)
                    {
                        break;
                    }

                    file?.EnsureRow(next);
                    var score = scorer.Score(rows.Row(next));
                    if (score > bestScore)
                    {
                        (best, bestScore, moved) = (next, score, true);
                    }
                }
            }
        }

        return best;
    }

    public override void Search(SearchScratch scratch, ref CandidateList list, int entry, int level)
    {
        var scorer = TScorer.Create(scratch.Query, codec);
        var file = graph.File;
        var visited = scratch.Visited;
        var limit = (uint)scratch.Slots;
        var addresses = (byte**)scratch.Batch;
        var slots = (int*)(addresses + _room + 4);
        var scores = (float*)(slots + _room + 4);
        if (entry >= 0)
        {
            file?.EnsureRow(entry);
            visited[entry >> 6] |= 1UL << (entry & 63);
            list.Push(entry, scorer.Score(rows.Row(entry)));
        }

        for (var slot = list.TakeNext(); slot >= 0; slot = list.TakeNext())
        {
            file?.EnsureLinks(slot);
            var links = graph.Links(slot, level);
            var room = graph.Room(level);
            var count = 0;
            for (var i = 0; i < room; i++)
            {
                // A full list has no end mark; the mark, and what lies beyond the room for marks, are above the limit.
                var next = Volatile.Read(ref links[i]);
                if ((uint)next >= limit)
                {
                    break;
                }

                ref var word = ref visited[next >> 6];
                var bit = 1UL << (next & 63);
                var row = rows.Row(next);
                slots[count] = next;
                addresses[count] = row;
                if ((word & bit) == 0)
                {
                    file?.EnsureRow(next);
                    count++;
                    word |= bit;
                    for (var at = 0; at < _prefetchBytes; at += CacheLine)
                    {
                        Prefetch(row + at);
                    }
                }
            }

            var following = list.PeekNext();
            if (following >= 0)
            {
                var ahead = (byte*)graph.Links(following, level);
                Prefetch(ahead);
                Prefetch(ahead + CacheLine);
            }

            var j = 0;
            for (; j <= count - 4; j += 4)
            {
                scorer.Score4(addresses[j], addresses[j + 1], addresses[j + 2], addresses[j + 3], scores + j);
            }

            for (; j < count; j++)
            {
                scores[j] = scorer.Score(addresses[j]);
            }

            for (j = 0; j < count; j++)
            {
                list.Push(slots[j], scores[j]);
            }
        }
    }

    public override bool SearchAllowed(SearchScratch scratch, ref CandidateList list, int entry, SlotFilter allowed, long budget)
    {
        var scorer = TScorer.Create(scratch.Query, codec);
        var file = graph.File;
        var visited = scratch.Visited;
        var limit = (uint)scratch.Slots;
        var frontier = scratch.Frontier;
        frontier.Clear();
        file?.EnsureRow(entry);
        Offer(entry, scorer.Score(rows.Row(entry)), ref list, allowed, frontier);
        visited[entry >> 6] |= 1UL << (entry & 63);
        while (frontier.TryDequeue(out var slot, out var key))
        {
            if (CandidateList.ScoreOf(key) < list.Threshold)
            {
                break;
            }

            file?.EnsureLinks(slot);
            var links = graph.Links(slot, 0);
            for (var i = 0; i < _room; i++)
            {
                var next = Volatile.Read(ref links[i]);
                if ((uint)next >= limit)
                {
                    break;
                }

                ref var word = ref visited[next >> 6];
                var bit = 1UL << (next & 63);
                if ((word & bit) != 0)
                {
                    continue;
                }

                word |= bit;
                if (--budget < 0)
                {
                    return false;
                }

                file?.EnsureRow(next);
                Offer(next, scorer.Score(rows.Row(next)), ref list, allowed, frontier);
            }
        }

        return true;
    }

    public override void Scan(SearchScratch scratch, ref CandidateList list, int slots, SlotFilter allowed)
    {
        var scorer = TScorer.Create(scratch.Query, codec);
        for (var slot = 0; slot < slots; slot++)
        {
            if (allowed.Allows(slot))
            {
                graph.File?.EnsureRow(slot);
                list.Push(slot, scorer.Score(rows.Row(slot)));
            }
        }
    }

    public override void ScanOne(SearchScratch scratch, ref CandidateList list, int slot)
    {
        graph.File?.EnsureRow(slot);
        list.Push(slot, TScorer.Create(scratch.Query, codec).Score(rows.Row(slot)));
    }

    private static void Offer(int slot, float score, ref CandidateList results, SlotFilter allowed, PriorityQueue<int, ulong> frontier)
    {
        if (score >= results.Threshold)
        {
            frontier.Enqueue(slot, CandidateList.KeyOf(score, slot));
            if (allowed.Allows(slot))
            {
                results.Push(slot, score);
            }
        }
    }

    private static void Prefetch(byte* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
