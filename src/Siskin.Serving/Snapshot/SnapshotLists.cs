using Siskin.Serving.Candidates;

namespace Siskin.Serving.Snapshot;

/// <summary>Lists that many requests share, made anew when what they rest on has changed.</summary>
/// <param name="Popular">By decayed popularity.</param>
/// <param name="Trending">By how far the short-term count exceeds what the long-term one lets expect.</param>
/// <param name="Newest">By time of creation, newest first; the score is that time in milliseconds.</param>
/// <param name="CoveredRows">Rows that existed when the lists were made; later ones are looked at one by one.</param>
/// <param name="Changes">Count of statistics changes when the lists were made.</param>
internal sealed record SnapshotLists(
    SnapshotLists.List Popular,
    SnapshotLists.List Trending,
    SnapshotLists.List Newest,
    int CoveredRows,
    long Changes)
{
    /// <summary>Length of a list at the most: enough for the largest quota behind a long history of seen items.</summary>
    private const int MaxLength = 5_000;

    public static SnapshotLists Make(ItemTable items, LiveStatistics statistics)
    {
        var changes = statistics.Changes;
        var count = items.Count;
        var columns = statistics.Current;
        var popularityScale = statistics.PopularityScale(columns);
        var trendScale = statistics.TrendScale(columns);

        // In a steady state an item whose long-term decayed count is P has an expected short-term one of P·(h_s/h_l).
        var ratio = statistics.TrendHalfLifeMs / statistics.PopularityHalfLifeMs;
        var popular = new List<(int, double)>();
        var trending = new List<(int, double)>();
        var newest = new List<(int, double)>();
        for (var row = 0; row < count; row++)
        {
            var entry = items[row];
            if (!entry.IsServable)
            {
                continue;
            }

            if (row < columns.Popularity.Length && columns.Popularity[row] > 0)
            {
                var longTerm = columns.Popularity[row] * popularityScale;
                var shortTerm = columns.Trend[row] * trendScale;
                popular.Add((row, longTerm));
                var expected = longTerm * ratio;
                var surprise = (shortTerm - expected) / Math.Sqrt(expected + 1);
                if (surprise > 0)
                {
                    trending.Add((row, surprise));
                }
            }

            newest.Add((row, entry.CreatedMs));
        }

        return new SnapshotLists(List.Best(popular), List.Best(trending), List.Best(newest), count, changes);
    }

    /// <summary>Rows with scores, best first.</summary>
    internal sealed record List(int[] Rows, double[] Scores)
    {
        public static List Best(List<(int Row, double Score)> values)
        {
            // Ties go to the later row: of items created at one time, the one posted last is the newest.
            values.Sort(static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : b.Row.CompareTo(a.Row));
            var length = Math.Min(values.Count, MaxLength);
            var rows = new int[length];
            var scores = new double[length];
            for (var i = 0; i < length; i++)
            {
                (rows[i], scores[i]) = values[i];
            }

            return new List(rows, scores);
        }

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
}
