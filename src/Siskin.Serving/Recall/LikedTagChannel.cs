using Siskin.Serving.Candidates;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Recall;

/// <summary>Tags of items that the user rated high, then the best items of each.</summary>
internal sealed class LikedTagChannel : IRecallChannel
{
    private const int MostTags = 10;

    public string Name => "liked-tag";

    public string Description => "The best items of each tag that the user rated high.";

    public int DefaultQuota => 100;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var items = context.Snapshot.Items;
        var weights = System.Buffers.ArrayPool<float>.Shared.Rent(items.TagCount);
        var span = weights.AsSpan(0, Math.Min(weights.Length, items.TagCount));
        span.Clear();
        var rows = context.User.Rows;
        var flags = context.User.Flags;
        var from = Math.Max(0, rows.Length - context.Scene.Integer(context.Parameters.History));
        for (var i = from; i < rows.Length; i++)
        {
            if ((flags[i] & HistoryFlags.Liked) == 0)
            {
                continue;
            }

            foreach (var tag in items[rows[i]].Tags)
            {
                if (tag < span.Length)
                {
                    span[tag]++;
                }
            }
        }

        Span<int> tags = stackalloc int[MostTags];
        var count = TopRatedByTagChannel.Heaviest(span, tags);
        System.Buffers.ArrayPool<float>.Shared.Return(weights);
        if (count == 0)
        {
            lease.SkipReason = "the user has not liked anything that has a tag";
            return ValueTask.CompletedTask;
        }

        TopRatedByTagChannel.OfferInTurn(items, tags[..count], context.Scene.Integer(context.Parameters.LikedTagBest), lease);
        return ValueTask.CompletedTask;
    }
}
