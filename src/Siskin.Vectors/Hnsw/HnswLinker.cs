using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <summary>Chooses and writes links, comparing whole vectors.</summary>
internal abstract unsafe class HnswLinker
{
    /// <summary>The linker of a metric.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="whole">Rows of whole vectors; null where only compressed ones are kept.</param>
    /// <param name="rows">Rows that the graph is walked with.</param>
    /// <param name="codec">Their codec.</param>
    public static HnswLinker Create(HnswGraph graph, ChunkedRows? whole, ChunkedRows rows, RowCodec codec) => codec.Metric == VectorMetric.L2
        ? new HnswLinker<Float32L2Scorer>(graph, whole, rows, codec)
        : new HnswLinker<Float32DotScorer>(graph, whole, rows, codec);

    /// <summary>How many numbers of <see cref="SearchScratch.Vectors"/> linking uses.</summary>
    public abstract long ScratchNumbers { get; }

    /// <summary>How near two whole vectors are; larger is nearer.</summary>
    /// <param name="a">A row of <see cref="Float32Codec"/>.</param>
    /// <param name="b">Another.</param>
    public abstract float Score(float* a, float* b);

    /// <summary>
    /// Keeps, from the nearest on, the candidates that are nearer to the vector than to any kept before: they lead into
    /// different directions.
    /// </summary>
    /// <param name="scratch">Working memory.</param>
    /// <param name="candidates">Slots and scores, nearest first; the kept ones are moved to the front.</param>
    /// <param name="count">How many candidates.</param>
    /// <param name="room">How many may be kept.</param>
    /// <returns>How many were kept.</returns>
    public abstract int Select(SearchScratch scratch, ulong* candidates, int count, int room);

    /// <summary>Computes the scores of candidates anew from whole vectors, and sorts them.</summary>
    public abstract void Rescore(SearchScratch scratch, float* vector, ulong* candidates, int count);

    /// <summary>Adds a link from one slot to another, choosing anew among its links when the list is full.</summary>
    /// <returns>Whether the link is there now.</returns>
    public abstract bool Link(SearchScratch scratch, int from, int to, int level);

    /// <summary>Adds a link on the lowest layer if there is room for it.</summary>
    /// <returns>Whether the link is there now.</returns>
    public abstract bool Append(int from, int to);

    /// <summary>Adds a link on the lowest layer, if need be in the place of one whose target another link of the list leads to.</summary>
    /// <param name="from">Whose list.</param>
    /// <param name="to">Where to.</param>
    /// <param name="counts">How many links lead to each slot, of which those with few keep theirs; empty when that is not known.</param>
    /// <returns>Whether the link is there now.</returns>
    public abstract bool ForceLink(int from, int to, ReadOnlySpan<int> counts);

    /// <summary>Puts other links in the places of those to removed slots: to what these were linked to, in different directions first, then the nearest.</summary>
    /// <param name="scratch">Working memory.</param>
    /// <param name="slot">Whose list.</param>
    /// <param name="level">Its layer.</param>
    /// <param name="removed">One bit per slot; set bits are to go.</param>
    /// <returns>Whether there was a link to a removed slot.</returns>
    public abstract bool Mend(SearchScratch scratch, int slot, int level, ReadOnlySpan<ulong> removed);
}

/// <inheritdoc/>
internal sealed unsafe class HnswLinker<TPair>(HnswGraph graph, ChunkedRows? whole, ChunkedRows rows, RowCodec codec) : HnswLinker
    where TPair : struct, IRowScorer<TPair>
{
    // A slot that fewer links lead to keeps those that it has.
    private const int RareLinks = 8;

    private readonly Float32Codec _wholeCodec = new(codec.Metric, codec.Dimensions);
    private readonly int _padded = (codec.Dimensions + 15) & ~15;

    public override long ScratchNumbers => whole is null ? (long)(graph.M0 + 3) * _padded : 0;

    public override float Score(float* a, float* b) => TPair.Create((byte*)a, _wholeCodec).Score((byte*)b);

    public override int Select(SearchScratch scratch, ulong* candidates, int count, int room)
    {
        var kept = stackalloc float*[room];
        var keptCount = 0;
        for (var i = 0; i < count && keptCount < room; i++)
        {
            var vector = VectorOf(Slot(candidates[i]), scratch, keptCount);
            var score = CandidateList.ScoreOf(candidates[i]);
            var pair = TPair.Create((byte*)vector, _wholeCodec);
            var isApart = true;
            for (var j = 0; j < keptCount && isApart; j++)
            {
                isApart = pair.Score((byte*)kept[j]) <= score;
            }

            if (isApart)
            {
                kept[keptCount] = vector;
                candidates[keptCount++] = candidates[i];
            }
        }

        return keptCount;
    }

    public override void Rescore(SearchScratch scratch, float* vector, ulong* candidates, int count)
    {
        var pair = TPair.Create((byte*)vector, _wholeCodec);
        for (var i = 0; i < count; i++)
        {
            var slot = Slot(candidates[i]);
            candidates[i] = CandidateList.KeyOf(pair.Score((byte*)VectorOf(slot, scratch, 0)), slot);
        }

        new Span<ulong>(candidates, count).Sort();
    }

    public override bool Link(SearchScratch scratch, int from, int to, int level)
    {
        var room = graph.Room(level);
        graph.Lock(from);
        var links = graph.Links(from, level);
        var isThere = Append(links, room, to);
        if (!isThere)
        {
            var candidates = stackalloc ulong[room + 1];
            for (var i = 0; i < room; i++)
            {
                candidates[i] = (uint)links[i] << 1;
                Prefetch(links[i]);
            }

            candidates[room] = (uint)to << 1;
            Rescore(scratch, VectorOf(from, scratch, graph.M0 + 2), candidates, room + 1);
            Write(links, room, candidates, Select(scratch, candidates, room + 1, room));
            isThere = new ReadOnlySpan<int>(links, room).Contains(to);
        }

        graph.Unlock(from);
        return isThere;
    }

    public override bool Append(int from, int to)
    {
        graph.Lock(from);
        var isThere = Append(graph.Links(from, 0), graph.M0, to);
        graph.Unlock(from);
        return isThere;
    }

    public override bool ForceLink(int from, int to, ReadOnlySpan<int> counts)
    {
        var room = graph.M0;
        graph.Lock(from);
        var links = graph.Links(from, 0);
        var isThere = Append(links, room, to);
        for (var i = room - 1; i >= 0 && !isThere; i--)
        {
            if ((uint)links[i] < (uint)counts.Length && counts[links[i]] < RareLinks)
            {
                continue;
            }

            for (var j = 0; j < room && !isThere; j++)
            {
                if (j != i && new ReadOnlySpan<int>(graph.Links(links[j], 0), room).Contains(links[i]))
                {
                    Volatile.Write(ref links[i], to);
                    isThere = true;
                }
            }
        }

        graph.Unlock(from);
        return isThere;
    }

    public override bool Mend(SearchScratch scratch, int slot, int level, ReadOnlySpan<ulong> removed)
    {
        var room = graph.Room(level);
        graph.Lock(slot);
        try
        {
            var links = graph.Links(slot, level);
            var degree = HnswGraph.Degree(links, room);
            var seen = new HashSet<int> { slot };
            var candidates = new List<ulong>();
            var isHurt = false;
            for (var i = 0; i < degree; i++)
            {
                if (Has(removed, links[i]))
                {
                    isHurt = true;
                }
                else if (seen.Add(links[i]))
                {
                    candidates.Add((uint)links[i] << 1);
                }
            }

            if (isHurt)
            {
                var stay = candidates.Count;
                AddSuccessors(links, degree, level, removed, seen, candidates);
                fixed (ulong* first = CollectionsMarshal.AsSpan(candidates))
                {
                    Rescore(scratch, VectorOf(slot, scratch, graph.M0 + 2), first + stay, candidates.Count - stay);
                    Write(links, room, first, Fill(scratch, first, stay, candidates.Count, degree));
                }
            }

            return isHurt;
        }
        finally
        {
            graph.Unlock(slot);
        }
    }

    // What the removed slots of a list were linked to.
    private void AddSuccessors(int* links, int degree, int level, ReadOnlySpan<ulong> removed, HashSet<int> seen, List<ulong> candidates)
    {
        for (var i = 0; i < degree; i++)
        {
            if (Has(removed, links[i]))
            {
                var next = graph.Links(links[i], level);
                for (var j = 0; j < graph.Room(level); j++)
                {
                    var to = Volatile.Read(ref next[j]);
                    if (to < 0)
                    {
                        break;
                    }

                    if (!Has(removed, to) && seen.Add(to))
                    {
                        candidates.Add((uint)to << 1);
                    }
                }
            }
        }
    }

    // As many links as there were: those that stay, then candidates that lead elsewhere, then the nearest others. Choosing
    // anew among all would thin the list out at every mending, for the rule drops most of a list that was never full.
    private int Fill(SearchScratch scratch, ulong* candidates, int stay, int count, int degree)
    {
        var kept = stackalloc float*[degree];
        for (var i = 0; i < stay; i++)
        {
            kept[i] = VectorOf(Slot(candidates[i]), scratch, i);
        }

        var keptCount = stay;
        for (var i = stay; i < count && keptCount < degree; i++)
        {
            var vector = VectorOf(Slot(candidates[i]), scratch, keptCount);
            var score = CandidateList.ScoreOf(candidates[i]);
            var pair = TPair.Create((byte*)vector, _wholeCodec);
            var isApart = true;
            for (var j = 0; j < keptCount && isApart; j++)
            {
                isApart = pair.Score((byte*)kept[j]) <= score;
            }

            if (isApart)
            {
                // Those passed over move up by one and stay in order.
                var chosen = candidates[i];
                new Span<ulong>(candidates + keptCount, i - keptCount).CopyTo(new Span<ulong>(candidates + keptCount + 1, i - keptCount));
                candidates[keptCount] = chosen;
                kept[keptCount++] = vector;
            }
        }

        return Math.Min(degree, count);
    }

    // False when the list is full and the link not in it.
    private static bool Append(int* links, int room, int to)
    {
        var degree = HnswGraph.Degree(links, room);
        if (new ReadOnlySpan<int>(links, degree).Contains(to))
        {
            return true;
        }

        if (degree == room)
        {
            return false;
        }

        Volatile.Write(ref links[degree], to);
        return true;
    }

    private static bool Has(ReadOnlySpan<ulong> bits, int slot) => slot >> 6 < bits.Length && ((bits[slot >> 6] >> (slot & 63)) & 1) != 0;

    private static void Write(int* links, int room, ulong* candidates, int count)
    {
        for (var i = 0; i < room; i++)
        {
            Volatile.Write(ref links[i], i < count ? Slot(candidates[i]) : -1);
        }
    }

    private static int Slot(ulong key) => (int)((uint)key >> 1);

    private void Prefetch(int slot)
    {
        if (Sse.IsSupported)
        {
            var row = (whole ?? rows).Row(slot);
            var bytes = whole is null ? codec.RowBytes : _padded * sizeof(float);
            for (var at = 0; at < bytes; at += 64)
            {
                Sse.Prefetch0(row + at);
            }
        }
    }

    // Compressed rows are read back into working memory, one place for each vector that is held at the same time.
    private float* VectorOf(int slot, SearchScratch scratch, int place)
    {
        if (whole is not null)
        {
            return (float*)whole.Row(slot);
        }

        var vector = scratch.Vectors + ((long)place * _padded);
        codec.Decode(new ReadOnlySpan<byte>(rows.Row(slot), codec.RowBytes), new Span<float>(vector, codec.Dimensions));
        new Span<float>(vector + codec.Dimensions, _padded - codec.Dimensions).Clear();
        return vector;
    }
}
