using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Offline.Jobs;
using Siskin.Offline.Releases;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;
using Siskin.Tests.Serving;

namespace Siskin.Tests.Offline;

public sealed class HistoryBuilderTests
{
    private static readonly CatalogueSchema Schema = CatalogueSchema.Default with
    {
        EventTypes = [.. EventTypeDefinition.Common, new() { Name = "stars", LikedFrom = 3.3 }, new() { Name = "hide", Weight = -2, IsConsumption = false }, new() { Name = "seen", Weight = 0 }],
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_same_events_give_the_same_history_and_statistics_through_training_and_live(int seed)
    {
        var random = new Random(seed);
        var builder = new TrainingDataBuilder(Schema);
        var empty = new SmallRelease { Schema = Schema };
        for (var i = 0; i < 12; i++)
        {
            builder.Add(new Item { Id = SmallRelease.Id(i) });
            empty.Add(new Item { Id = SmallRelease.Id(i) });
        }

        var live = empty.Hold();
        for (var n = 0; n < 600; n++)
        {
            var type = Schema.EventTypes[random.Next(Schema.EventTypes.Count)].Name;
            var e = Ask.Event("e" + n, "u" + random.Next(5), SmallRelease.Id(random.Next(12)), type, type is "rating" or "stars" ? random.Next(10, 50) / 10.0 : null, SmallRelease.Now.AddMinutes(n / 2));
            builder.Add(e);
            live.Happened(e.User, e.Item, e.Type, e.Value);
        }

        var data = builder.Build(0, 0);
        var statistics = ItemStatistics.Empty(12) with { OriginMs = SmallRelease.NowMs };
        var histories = new HistoryBuilder(data, TrainingPart.Whole(data), statistics).Build();
        for (var user = 0; user < data.UserIds.Count; user++)
        {
            var state = Load(live, data.UserIds[user]);
            var range = histories.Of(user);
            Assert.Equal(histories.Items[range], state.Rows.ToArray());
            Assert.Equal(histories.Flags[range], state.Flags.ToArray());
            Assert.Equal(
                histories.Items[range].Where((_, i) => histories.Weights[range][i] > 0 && (histories.Flags[range][i] & HistoryFlags.Disliked) == 0),
                state.RecentRows.ToArray());
        }

        var columns = live.Current.Statistics.Current;
        Assert.Equal(statistics.Consumers, columns.Consumers[..12]);
        Assert.Equal(statistics.Opinions, columns.Opinions[..12]);
        Assert.Equal(statistics.Likes, columns.Likes[..12]);
    }

    [Fact]
    public void A_history_cut_anywhere_between_release_and_live_is_the_same()
    {
        var events = Enumerable.Range(0, 40)
            .Select(n => Ask.Event("e" + n, "u", SmallRelease.Id(n * 7 % 9), new[] { "view", "like", "dislike", "purchase" }[n * 5 % 4], time: SmallRelease.Now.AddMinutes(n)))
            .ToArray();
        var expected = string.Empty;
        foreach (var cut in new[] { 0, 1, 17, 39, 40 })
        {
            var builder = new TrainingDataBuilder(Schema);
            for (var i = 0; i < 9; i++)
            {
                builder.Add(new Item { Id = SmallRelease.Id(i) });
            }

            foreach (var e in events[..cut])
            {
                builder.Add(e);
            }

            var release = ReleaseBuilder.Build(TrainingPart.Whole(builder.Build(0, 0)), TrainedWorld.Settings, null, null, null, null, default);
            var live = new SnapshotHolder(new ServingSnapshot(release, new UserDirectory()));
            foreach (var e in events[cut..])
            {
                live.Happened(e.User, e.Item, e.Type);
            }

            var state = Load(live, "u");
            var text = string.Join(' ', state.Rows.ToArray()) + string.Join(' ', state.Flags.ToArray()) + string.Join(' ', state.RecentWeights.ToArray());
            expected = cut == 0 ? text : expected;
            Assert.Equal(expected, text);
        }
    }

    private static UserState Load(SnapshotHolder holder, string user)
    {
        var set = new SceneParameterSet([]);
        var state = new UserState();
        state.Load(holder.Current, new RecommendationRequest { Scene = "s", User = user }, set, Scene.Create("s", string.Empty, set));
        return state;
    }
}
