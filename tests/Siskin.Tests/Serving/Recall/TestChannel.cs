using Siskin.Serving.Candidates;
using Siskin.Serving.Recall;

namespace Siskin.Tests.Serving.Recall;

/// <summary>A channel made of a function.</summary>
internal sealed class TestChannel(string name, Func<RecallContext, ChannelLease, CancellationToken, ValueTask> recall, bool isInline = false) : IRecallChannel
{
    public string Name => name;

    public string Description => "For tests.";

    public int DefaultQuota => 20;

    public bool IsInline => isInline;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken) => recall(context, lease, cancellationToken);
}
