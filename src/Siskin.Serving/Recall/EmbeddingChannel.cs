using Siskin.Serving.Candidates;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Recall;

/// <summary>Items whose vectors lie nearest to the user's: those learned from events, and those that were posted with items.</summary>
/// <remarks>
/// Two spaces, one channel. In the learned space the user's vector is compared with the items' by inner product. In the
/// content space the mean of the posted vectors of what the user took to lately is compared with posted vectors by
/// cosine: this finds items that came after the training, and serves where nothing was trained.
/// </remarks>
internal sealed class EmbeddingChannel : IRecallChannel
{
    public string Name => "embedding";

    public string Description => "Items whose vectors, learned or posted, lie nearest to the user's.";

    public int DefaultQuota => 200;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var snapshot = context.Snapshot;
        var learned = context.User.Vector.IsEmpty ? null : snapshot.Release.Indexes.Learned;
        var content = snapshot.Content is { IsEmpty: false } space ? space : null;
        var search = EmbeddingSearch.Rent(context, lease);
        var query = content is null ? default : search.Query(content.Dimensions);
        if (content is not null && !ContentQuery.TryWrite(context, content, query))
        {
            content = null;
        }

        // The vector of a user says nothing of an item that came after the training; what was posted with the item does.
        learned = content is not null && context.ItemRow >= snapshot.Items.BaseCount ? null : learned;
        if (learned is not null)
        {
            search.FindLearned(learned, context.User.Vector);
        }

        if (content is not null)
        {
            search.FindContent(content, query);
        }

        if (learned is null && content is null)
        {
            lease.SkipReason = SkipReason(context);
        }
        else if (context.Request.Explain)
        {
            lease.Detail = string.Join("; ", new[]
            {
                learned is null ? null : $"learned: {IndexChoice.NameOf(learned)} {learned.Count:N0} rows",
                content is null ? null : $"content: {content.Describe()}",
            }.Where(part => part is not null));
        }

        search.Offer();
        search.Return();
        return ValueTask.CompletedTask;
    }

    private static string SkipReason(RecallContext context)
    {
        var hasContent = context.Snapshot.Content is { IsEmpty: false };
        return !hasContent ? context.Snapshot.Release.Factors is null ? "no item has a vector" : "the user has no vector"
            : context.ItemRow >= 0 ? "the item has no vector"
            : "neither the user nor what the user took lately has a vector";
    }
}
