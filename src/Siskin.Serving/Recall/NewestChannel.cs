using Siskin.Serving.Candidates;

namespace Siskin.Serving.Recall;

/// <summary>Items created last; an item just posted is found at once.</summary>
internal sealed class NewestChannel : IRecallChannel
{
    // Rows newer than the shared list are looked at one by one; the list is made anew long before there are more of them.
    private const int MaxUncovered = 1000;
    private const double MsPerDay = 86_400_000;

    public string Name => "newest";

    public string Description => "Items created last; an item just posted is found at once.";

    public int DefaultQuota => 30;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var items = context.Snapshot.Items;
        var lists = context.Snapshot.Lists;
        var latest = context.Snapshot.Statistics.LatestMs;
        var first = Math.Max(lists.CoveredRows, items.Count - MaxUncovered);
        for (var row = items.Count - 1; row >= first; row--)
        {
            if (!lease.Offer(row, Freshness(items[row].CreatedMs, latest)))
            {
                return ValueTask.CompletedTask;
            }
        }

        var newest = lists.Newest;
        for (var i = 0; i < newest.Rows.Length; i++)
        {
            if (!lease.Offer(newest.Rows[i], Freshness(newest.Scores[i], latest)))
            {
                break;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>1 for an item created just now, 1/2 after a day: unlike a time of creation, it means the same in training and later.</summary>
    private static double Freshness(double createdMs, long latestMs) => 1 / (1 + (Math.Max(0, latestMs - createdMs) / MsPerDay));
}
