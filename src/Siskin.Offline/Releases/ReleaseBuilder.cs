using Siskin.Data.Catalogue;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Offline.Jobs;
using Siskin.Serving.Rank;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Releases;

/// <summary>Learns everything of a release but its blend from a part of the data.</summary>
internal static class ReleaseBuilder
{
    public static Release Build(TrainingPart part, TrainingSettings settings, BlendModel? blend, BlendModel? coldBlend, RankerModel? ranker, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var data = part.Data;
        progress?.Report(new TrainingStep("statistics", 0));
        var (histories, statistics, first, last) = ReadEvents(part, settings);
        var tags = BuildTags(data, statistics, settings.TagItems);
        var segments = SegmentBuilder.Build(data, histories, settings);

        // Both models learn from what histories say, so that what is disliked in the end does not count as liked.
        var matrix = HistoryMatrix(data, histories);
        progress?.Report(new TrainingStep("item-to-item neighbours", 0));
        var cosine = ItemNeighbours.Build(matrix, settings.Cosine, cancellationToken);
        var damped = ItemNeighbours.Build(matrix, settings.Damped, cancellationToken);
        ImplicitAlsModel? factors = null;
        if (matrix.Count > 0)
        {
            factors = ImplicitAls.Train(
                matrix,
                settings.Als,
                progress is null ? null : new Forward(progress),
                cancellationToken);
        }

        progress?.Report(new TrainingStep("vector indexes", 0));
        var items = ItemsBefore(data.Items, part.UntilMs);
        return new Release
        {
            Manifest = new ReleaseManifest
            {
                EventPosition = data.EventPosition,
                CatalogueVersion = data.CatalogueVersion,
                FirstEventMs = first,
                LastEventMs = last,
                Settings = settings.Describe(),
                Counts = new SortedDictionary<string, long>(StringComparer.Ordinal)
                {
                    ["items"] = data.Items.Count,
                    ["users"] = data.UserIds.Count,
                    ["events"] = data.Events.Length,
                    ["pairs"] = part.Pairs.Length,
                    ["tags"] = tags.Tags.Count,
                    ["segments"] = segments.Keys.Count,
                },
            },
            Schema = data.Schema,
            Items = items,
            Users = new ReleaseUsers(data.UserIds),
            Histories = histories,
            Statistics = statistics,
            Tags = tags,
            CosineNeighbours = cosine,
            DampedNeighbours = damped,
            Factors = factors,
            Indexes = ReleaseIndexes.Build(factors, items, data.Schema),
            Segments = segments,
            Blend = blend,
            ColdBlend = coldBlend,
            Ranker = ranker,
        };
    }

    /// <summary>Users × items of what histories hold of positive evidence, every value 1.</summary>
    public static InteractionMatrix HistoryMatrix(TrainingData data, UserHistories histories)
    {
        var pairs = new List<Interaction>(histories.Items.Length);
        for (var user = 0; user < data.UserIds.Count; user++)
        {
            for (var i = histories.Starts[user]; i < histories.Starts[user + 1]; i++)
            {
                if (histories.Weights[i] > 0 && (histories.Flags[i] & HistoryFlags.Disliked) == 0)
                {
                    pairs.Add(new Interaction(user, histories.Items[i], 1, histories.TimesMs[i]));
                }
            }
        }

        return InteractionMatrix.FromInteractions(pairs.ToArray(), data.UserIds.Count, data.Items.Count);
    }

    private static (UserHistories Histories, ItemStatistics Statistics, long First, long Last) ReadEvents(TrainingPart part, TrainingSettings settings)
    {
        var data = part.Data;
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (ref readonly var e in data.Events.AsSpan())
        {
            if (part.Has(e))
            {
                (first, last) = (Math.Min(first, e.TimeMs), Math.Max(last, e.TimeMs));
            }
        }

        (first, last) = last < first ? (0, 0) : (first, last);
        var statistics = ItemStatistics.Empty(data.Items.Count) with
        {
            OriginMs = last,
            PopularityHalfLifeMs = settings.PopularityHalfLife.TotalMilliseconds,
            TrendHalfLifeMs = settings.TrendHalfLife.TotalMilliseconds,
        };
        var histories = new HistoryBuilder(data, part, statistics).Build();
        return (histories, statistics, first, last);
    }

    /// <summary>The items, those created after a moment made unavailable: a release of an earlier time does not know them.</summary>
    private static IReadOnlyList<Item> ItemsBefore(IReadOnlyList<Item> items, long untilMs) => untilMs == long.MaxValue
        ? items
        : [.. items.Select(i => i.CreatedAt is { } created && created.ToUnixTimeMilliseconds() >= untilMs ? i with { IsAvailable = false } : i)];

    private static TagIndex BuildTags(TrainingData data, ItemStatistics statistics, int most)
    {
        var byTag = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (var row = 0; row < data.Items.Count; row++)
        {
            foreach (var tag in data.Items[row].Tags)
            {
                if (!byTag.TryGetValue(tag, out var rows))
                {
                    byTag[tag] = rows = [];
                }

                rows.Add(row);
            }
        }

        var starts = new int[byTag.Count + 1];
        var items = new List<int>();
        var t = 0;
        foreach (var rows in byTag.Values)
        {
            items.AddRange(rows
                .OrderByDescending(r => RankFeatures.BayesianRating(statistics.Likes[r], statistics.Opinions[r]))
                .ThenByDescending(r => statistics.Consumers[r])
                .ThenBy(r => r)
                .Take(most));
            starts[++t] = items.Count;
        }

        return new TagIndex([.. byTag.Keys], starts, [.. items]);
    }

    private sealed class Forward(IProgress<TrainingStep> target) : IProgress<ImplicitAlsProgress>
    {
        public void Report(ImplicitAlsProgress value) =>
            target.Report(new TrainingStep($"matrix factorisation, epoch {value.Epoch} of {value.Epochs}", (double)value.Epoch / value.Epochs));
    }
}
