using Siskin.Serving.Candidates;

namespace Siskin.Serving.Recall;

/// <summary>What most users take, newer events counting more.</summary>
internal sealed class PopularChannel : IRecallChannel
{
    public string Name => "popular";

    public string Description => "What most users take, newer events counting more.";

    public int DefaultQuota => 100;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var snapshot = context.Snapshot;
        if (context.Filter.Only is { } only)
        {
            // The shared list may hold none of the few items that are allowed.
            var columns = snapshot.Statistics.Current;
            var scale = snapshot.Statistics.PopularityScale(columns);
            foreach (var row in only.OrderByDescending(r => r < columns.Popularity.Length ? columns.Popularity[r] : 0).ThenBy(r => r))
            {
                if (!lease.Offer(row, row < columns.Popularity.Length ? columns.Popularity[row] * scale : 0))
                {
                    break;
                }
            }

            return ValueTask.CompletedTask;
        }

        snapshot.Lists.Popular.Offer(lease);
        return ValueTask.CompletedTask;
    }
}
