using Siskin.Serving.Candidates;

namespace Siskin.Serving.Recall;

/// <summary>What is taken more these days than its long-term popularity lets expect.</summary>
internal sealed class TrendingChannel : IRecallChannel
{
    public string Name => "trending";

    public string Description => "What is taken more these days than its long-term popularity lets expect.";

    public int DefaultQuota => 50;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        context.Snapshot.Lists.Trending.Offer(lease);
        return ValueTask.CompletedTask;
    }
}
