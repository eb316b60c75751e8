namespace Siskin.Serving.Candidates;

/// <summary>The candidates of one request as a struct of arrays: what all stages after recall work on.</summary>
/// <remarks>
/// Channel columns are row-major, candidate × channel: <see cref="Places"/> holds the place that a channel gave a
/// candidate (1 is its best, 0 when it did not find it). Stages reorder or shorten <see cref="Order"/>; slots never move.
/// </remarks>
internal sealed class CandidateBuffer
{
    private readonly RowMap _slots = new(1024);

    public int ChannelCount { get; private set; }

    /// <summary>Number of slots in use.</summary>
    public int Count { get; private set; }

    /// <summary>Item row of each slot.</summary>
    public int[] Rows { get; private set; } = [];

    public ushort[] Places { get; private set; } = [];

    public float[] ChannelScores { get; private set; } = [];

    public int[] Because { get; private set; } = [];

    public float[] PreRankScores { get; private set; } = [];

    public float[] RankScores { get; private set; } = [];

    public float[] FinalScores { get; private set; } = [];

    /// <summary>Slots still in the race, best first; the first <see cref="OrderCount"/> entries count.</summary>
    public int[] Order { get; private set; } = [];

    public int OrderCount { get; set; }

    /// <summary>Empties the buffer. Its room grows with what channels find, not with what their quotas allow.</summary>
    public void Begin(int channelCount)
    {
        Count = 0;
        OrderCount = 0;
        ChannelCount = channelCount;
        _slots.Clear();
    }

    /// <summary>Adds a channel's candidates; an item found before gets one more channel.</summary>
    public void Merge(ChannelLease lease, int channel)
    {
        var rows = lease.Rows;
        var scores = lease.Scores;
        var because = lease.Because;
        Reserve(Count + rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            ref var slot = ref _slots.GetOrAdd(rows[i], Count, out var added);
            var s = slot;
            if (added)
            {
                Rows[s] = rows[i];
                Order[Count] = s;
                Places.AsSpan(s * ChannelCount, ChannelCount).Clear();
                ChannelScores.AsSpan(s * ChannelCount, ChannelCount).Clear();
                Count++;
            }

            var cell = (s * ChannelCount) + channel;
            if (Places[cell] == 0)
            {
                Places[cell] = (ushort)Math.Min(i + 1, ushort.MaxValue);
                ChannelScores[cell] = (float)scores[i];
                Because[cell] = because[i];
            }
        }

        OrderCount = Count;
    }

    /// <summary>Sorts the order by a score, best first, ties by lower row, and keeps the best.</summary>
    public void SortAndKeep(float[] scoresBySlot, int keep)
    {
        var keys = System.Buffers.ArrayPool<float>.Shared.Rent(OrderCount);
        for (var i = 0; i < OrderCount; i++)
        {
            keys[i] = -scoresBySlot[Order[i]];
        }

        Array.Sort(keys, Order, 0, OrderCount);

        // Equal scores follow in ascending row order, so that the answer does not depend on the order of channels.
        for (var i = 0; i < OrderCount;)
        {
            var end = i + 1;
            while (end < OrderCount && keys[end] == keys[i])
            {
                end++;
            }

            if (end - i > 1)
            {
                Order.AsSpan(i, end - i).Sort(new ByRow(Rows));
            }

            i = end;
        }

        System.Buffers.ArrayPool<float>.Shared.Return(keys);
        OrderCount = Math.Min(OrderCount, keep);
    }

    private void Reserve(int slots)
    {
        if (Rows.Length < slots)
        {
            var size = Math.Max(slots, Math.Max(512, Rows.Length * 2));
            Rows = Resize(Rows, size);
            PreRankScores = Resize(PreRankScores, size);
            RankScores = Resize(RankScores, size);
            FinalScores = Resize(FinalScores, size);
            Order = Resize(Order, size);
        }

        var cells = Rows.Length * ChannelCount;
        if (Places.Length < cells)
        {
            Places = Resize(Places, cells);
            ChannelScores = Resize(ChannelScores, cells);
            Because = Resize(Because, cells);
        }
    }

    private static T[] Resize<T>(T[] values, int size)
    {
        Array.Resize(ref values, size);
        return values;
    }

    private readonly struct ByRow(int[] rows) : IComparer<int>
    {
        public int Compare(int x, int y) => rows[x].CompareTo(rows[y]);
    }
}
