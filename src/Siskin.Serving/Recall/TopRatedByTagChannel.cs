using Siskin.Serving.Candidates;
using Siskin.Serving.Snapshot;

namespace Siskin.Serving.Recall;

/// <summary>
/// The best rated items (Bayesian average) of the tags that the request names, of those of its item, or else of the tags
/// that the user meets most.
/// </summary>
internal sealed class TopRatedByTagChannel : IRecallChannel
{
    private const int MostTags = 5;

    public string Name => "top-rated-by-tag";

    public string Description => "The best rated items of the request's tags, of its item's, or of those the user meets most.";

    public int DefaultQuota => 60;

    public bool IsInline => true;

    public ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken)
    {
        Span<int> tags = stackalloc int[MostTags];
        var count = ChooseTags(context, tags);
        if (count == 0)
        {
            lease.SkipReason = "neither request nor history names a tag";
            return ValueTask.CompletedTask;
        }

        OfferInTurn(context.Snapshot.Items, tags[..count], int.MaxValue, lease);
        return ValueTask.CompletedTask;
    }

    /// <summary>Offers the best of each tag in turn: all firsts, then all seconds, and so on.</summary>
    internal static void OfferInTurn(ItemTable items, ReadOnlySpan<int> tags, int most, ChannelLease lease)
    {
        var offered = ScoreAccumulator.Rent();
        for (var place = 0; place < most; place++)
        {
            var any = false;
            foreach (var tag in tags)
            {
                var added = items.AddedToTag(tag);
                var best = items.BestOfTag(tag);
                if (place >= added.Length + best.Length)
                {
                    continue;
                }

                // Rated items first; those that got the tag since the release follow, newest first.
                any = true;
                var row = place < best.Length ? best[place] : added[added.Length - 1 - (place - best.Length)];
                if (items[row].HasTag(tag) && offered.TryAdd(row) && !lease.Offer(row, 1.0 / (1 + place)))
                {
                    offered.Return();
                    return;
                }
            }

            if (!any)
            {
                break;
            }
        }

        offered.Return();
    }

    /// <summary>The heaviest tags of a history, heaviest first.</summary>
    internal static int Heaviest(ReadOnlySpan<float> weights, Span<int> tags)
    {
        var count = 0;
        for (var tag = 0; tag < weights.Length; tag++)
        {
            if (weights[tag] <= 0 || (count == tags.Length && weights[tag] <= weights[tags[count - 1]]))
            {
                continue;
            }

            var at = count < tags.Length ? count++ : count - 1;
            while (at > 0 && weights[tags[at - 1]] < weights[tag])
            {
                tags[at] = tags[at - 1];
                at--;
            }

            tags[at] = tag;
        }

        return count;
    }

    private static int ChooseTags(RecallContext context, Span<int> tags)
    {
        var wanted = context.Filter.WantedTags;
        if (wanted.Length == 0 && context.ItemRow >= 0)
        {
            wanted = context.Snapshot.Items[context.ItemRow].Tags;
        }

        if (wanted.Length > 0)
        {
            var count = Math.Min(wanted.Length, tags.Length);
            wanted[..count].CopyTo(tags);
            return count;
        }

        return Heaviest(context.User.TagWeights, tags);
    }
}
