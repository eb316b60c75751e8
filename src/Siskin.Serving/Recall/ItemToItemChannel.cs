using Siskin.Models.Retrieval;
using Siskin.Serving.Candidates;

namespace Siskin.Serving.Recall;

/// <summary>Items that are taken by the users who took this user's items, or the request's item.</summary>
internal sealed class ItemToItemChannel : IRecallChannel
{
    public string Name => "item-to-item";

    public string Description => "Items that are taken by those who took this user's items, or the request's item.";

    public int DefaultQuota => 200;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        var rows = context.User.RecentRows;
        var weights = context.User.RecentWeights;
        if (rows.Length == 0 && context.ItemRow < 0)
        {
            lease.SkipReason = "the user has no history";
            return ValueTask.CompletedTask;
        }

        var release = context.Snapshot.Release;
        var isDamped = context.Scene.Text(context.Parameters.Similarity) switch
        {
            "damped" => true,
            "cosine" => false,
            _ => release.Blend?.UsesDampedNeighbours ?? false,
        };
        var lists = isDamped ? release.DampedNeighbours : release.CosineNeighbours;
        var accumulator = ScoreAccumulator.Rent();
        if (context.ItemRow >= 0)
        {
            // The item looked at decides; what is already known of the user only breaks near-ties.
            Add(lists, context.ItemRow, 1, accumulator);
            var share = rows.Length == 0 ? 0 : 0.1f / rows.Length;
            for (var i = 0; i < rows.Length; i++)
            {
                Add(lists, rows[i], weights[i] * share, accumulator);
            }
        }
        else
        {
            for (var i = 0; i < rows.Length; i++)
            {
                Add(lists, rows[i], weights[i], accumulator);
            }
        }

        accumulator.OfferBest(lease, context.Filter);
        accumulator.Return();
        return ValueTask.CompletedTask;
    }

    private static void Add(ItemNeighbours lists, int row, float weight, ScoreAccumulator accumulator)
    {
        if (row >= lists.ItemCount)
        {
            return;
        }

        for (var i = lists.Starts[row]; i < lists.Starts[row + 1]; i++)
        {
            accumulator.Add(lists.Items[i], weight * lists.Scores[i], row);
        }
    }
}
