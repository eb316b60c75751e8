using System.Buffers;
using Siskin.Serving.Candidates;
using Siskin.Vectors.Kernels;

namespace Siskin.Serving.Recall;

/// <summary>Items whose vectors have the largest inner product with the user's: every item is scored.</summary>
internal sealed class EmbeddingChannel : IRecallChannel
{
    private const int Block = 1024;

    public string Name => "embedding";

    public string Description => "Items whose vectors lie nearest to the user's, by a scan of all.";

    public int DefaultQuota => 200;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        if (context.User.Vector.IsEmpty)
        {
            lease.SkipReason = context.Snapshot.Release.Factors is null ? "the release has no vectors" : "the user has no vector";
            return ValueTask.CompletedTask;
        }

        var ids = ArrayPool<int>.Shared.Rent(lease.Quota);
        var scores = ArrayPool<float>.Shared.Rent(lease.Quota);
        var count = Search(context, lease, ids.AsSpan(0, lease.Quota), scores.AsSpan(0, lease.Quota));
        for (var i = 0; i < count; i++)
        {
            lease.Offer(ids[i], scores[i]);
        }

        ArrayPool<int>.Shared.Return(ids);
        ArrayPool<float>.Shared.Return(scores);
        return ValueTask.CompletedTask;
    }

    private static int Search(RecallContext context, ChannelLease lease, Span<int> ids, Span<float> scores)
    {
        var factors = context.Snapshot.Release.Factors!;
        var filter = context.Filter;
        var d = factors.Dimensions;
        var rows = factors.ItemCount;
        var top = new TopK(ids, scores);
        Span<float> block = stackalloc float[Block];
        for (var first = 0; first < rows; first += Block)
        {
            var n = Math.Min(Block, rows - first);
            var blockScores = block[..n];
            VectorMath.Dots(context.User.Vector, factors.ItemFactors.AsSpan(first * d, n * d), d, blockScores);
            for (var i = 0; i < n; i++)
            {
                // The rules are asked only for the few that would enter.
                if (blockScores[i] > top.Threshold)
                {
                    var reason = filter.Check(first + i);
                    if (reason == DropReason.None)
                    {
                        top.Push(first + i, blockScores[i]);
                    }
                    else
                    {
                        lease.CountDropped(reason);
                    }
                }
            }
        }

        return top.Finish();
    }
}
