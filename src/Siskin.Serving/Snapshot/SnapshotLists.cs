using Siskin.Serving.Candidates;

namespace Siskin.Serving.Snapshot;

/// <summary>Lists that many requests share, made anew when what they rest on has changed.</summary>
/// <param name="Popular">By decayed popularity.</param>
/// <param name="Trending">By how far the short-term count exceeds what the long-term one lets expect.</param>
/// <param name="Newest">By time of creation, newest first; the score is that time in milliseconds.</param>
/// <param name="CoveredRows">Rows that existed when the lists were made; later ones are looked at one by one.</param>
/// <param name="Changes">Count of changes to statistics when the lists were made.</param>
/// <param name="ItemChanges">Count of changes to items when the lists were made.</param>
internal sealed record SnapshotLists(
    SnapshotLists.List Popular,
    SnapshotLists.List Trending,
    SnapshotLists.List Newest,
    int CoveredRows,
    long Changes,
    long ItemChanges)
{
    /// <summary>Length of a list at the most: enough for the largest quota behind a long history of seen items.</summary>
    private const int MaxLength = 5_000;

    public static SnapshotLists Make(ItemTable items, LiveStatistics statistics)
    {
        // The counts of changes are read first: what changes meanwhile makes the lists stale, not wrong.
        var (changes, itemChanges) = (statistics.Changes, items.Changes);
        var count = items.Count;
        var columns = statistics.Current;
        var popularityScale = statistics.PopularityScale(columns);
        var trendScale = statistics.TrendScale(columns);

        // In a steady state an item whose long-term decayed count is P has an expected short-term one of P·(h_s/h_l).
        var ratio = statistics.TrendHalfLifeMs / statistics.PopularityHalfLifeMs;
        var popular = new BestRows(MaxLength);
        var trending = new BestRows(MaxLength);
        var newest = new BestRows(MaxLength);
        for (var row = 0; row < count; row++)
        {
            Releases.ColumnFileReader.RestAt(row);
            var entry = items[row];
            if (!entry.IsServable)
            {
                continue;
            }

            if (row < columns.Popularity.Length && columns.Popularity[row] > 0)
            {
                var longTerm = columns.Popularity[row] * popularityScale;
                var expected = longTerm * ratio;
                var surprise = ((columns.Trend[row] * trendScale) - expected) / Math.Sqrt(expected + 1);
                popular.Add(row, longTerm);
                if (surprise > 0)
                {
                    trending.Add(row, surprise);
                }
            }

            newest.Add(row, entry.CreatedMs);
        }

        return new SnapshotLists(popular.ToList(), trending.ToList(), newest.ToList(), count, changes, itemChanges);
    }

    /// <summary>Rows with scores, best first.</summary>
    internal sealed record List(int[] Rows, double[] Scores)
    {
        /// <summary>Offers the list from its head until the lease is full.</summary>
        public void Offer(ChannelLease lease)
        {
            for (var i = 0; i < Rows.Length; i++)
            {
                if (!lease.Offer(Rows[i], Scores[i]))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Keeps the best of many rows in a heap.</summary>
    private sealed class BestRows(int capacity)
    {
        private readonly PriorityQueue<int, (double Score, int Row)> _heap = new();

        public void Add(int row, double score)
        {
            if (_heap.Count < capacity)
            {
                _heap.Enqueue(row, (score, row));
            }
            else
            {
                _heap.EnqueueDequeue(row, (score, row));
            }
        }

        public List ToList()
        {
            // The heap gives the worst first. Ties go to the later row: of items created together, the one posted last is the newest.
            var rows = new int[_heap.Count];
            var scores = new double[_heap.Count];
            for (var i = rows.Length - 1; i >= 0 && _heap.TryDequeue(out rows[i], out var priority); i--)
            {
                scores[i] = priority.Score;
            }

            return new List(rows, scores);
        }
    }
}
