using Siskin.Serving.Candidates;

namespace Siskin.Serving.Recall;

/// <summary>Items created last; an item just posted is found at once.</summary>
internal sealed class NewestChannel : IRecallChannel
{
    // Rows newer than the shared list are looked at one by one; the list is made anew long before there are more of them.
    private const int MaxUncovered = 1000;

    public string Name => "newest";

    public string Description => "Items created last; an item just posted is found at once.";

    public int DefaultQuota => 30;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var items = context.Snapshot.Items;
        var lists = context.Snapshot.Lists;
        var first = Math.Max(lists.CoveredRows, items.Count - MaxUncovered);
        for (var row = items.Count - 1; row >= first; row--)
        {
            if (!lease.Offer(row, items[row].CreatedMs))
            {
                return ValueTask.CompletedTask;
            }
        }

        lists.Newest.Offer(lease);
        return ValueTask.CompletedTask;
    }
}
