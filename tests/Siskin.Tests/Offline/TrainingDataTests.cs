using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Models.Interactions;
using Siskin.Offline.Jobs;
using Siskin.Tests.Serving;

namespace Siskin.Tests.Offline;

public sealed class TrainingDataTests
{
    private readonly InMemoryCatalogue _catalogue = new();
    private readonly InMemoryEventLog _log = new();

    [Fact]
    public async Task Pairs_hold_each_user_and_item_with_interest_once_at_the_time_of_the_first_such_event()
    {
        await PostAsync("a", "b", "c");
        await HappenAsync(
            (3, "u", "a", "purchase"),
            (1, "u", "a", "impression"),
            (2, "u", "a", "view"),
            (4, "u", "b", "dislike"),
            (5, "v", "b", "like"),
            (6, "v", "gone", "view"),
            (7, "v", "b", "unheard of"));
        var data = await TrainingData.ReadAsync(_catalogue, _log);

        Assert.Equal(["u", "v"], data.UserIds);
        Assert.Equal([new Interaction(0, 0, 3, At(2)), new Interaction(1, 1, 2, At(5))], data.Pairs);
        Assert.Equal(2, data.Skipped);
        Assert.Equal([0, 0, 0, -1, 1], data.Events.Select(e => e.Pair));
        Assert.Equal([At(1), At(2), At(3), At(4), At(5)], data.Events.Select(e => e.TimeMs));
        Assert.Equal((_log.End, await _catalogue.GetVersionAsync()), (data.EventPosition, data.CatalogueVersion));
    }

    [Fact]
    public async Task Items_and_events_that_come_while_the_catalogue_is_read_are_left_for_the_servers()
    {
        await PostAsync("a", "b");
        await HappenAsync((1, "u", "a", "view"));
        var end = _log.End;
        var catalogue = new ChangingCatalogue(_catalogue, async () =>
        {
            await _catalogue.UpsertItemsAsync([new Item { Id = "a", Title = "Changed" }, new Item { Id = "new" }]);
            await HappenAsync((2, "u", "new", "view"));
        });
        var data = await TrainingData.ReadAsync(catalogue.Seen, _log);

        // The event on the item that training does not know lies behind the position: servers still count it.
        Assert.Equal(0, data.Skipped);
        Assert.Equal(end, data.EventPosition);
        Assert.Single(data.Events);
    }

    [Fact]
    public void An_item_or_user_that_comes_again_is_replaced()
    {
        var builder = new TrainingDataBuilder(CatalogueSchema.Default);
        builder.Add(new Item { Id = "a" });
        builder.Add(new Item { Id = "b" });
        builder.Add(new Item { Id = "a", Title = "Later" });
        builder.Add(new User { Id = "u" });
        builder.Add(new User { Id = "u", Friends = ["v"] });
        var data = builder.Build(0, 0);
        Assert.Equal(["a", "b"], data.Items.Select(i => i.Id));
        Assert.Equal("Later", data.Items[0].Title);
        Assert.Equal("v", Assert.Single(Assert.Single(data.Users).Friends));
    }

    [Theory]
    [InlineData(SplitKind.PerUser)]
    [InlineData(SplitKind.Global)]
    [InlineData(SplitKind.Own)]
    public async Task No_split_lets_anything_held_back_into_the_part_to_learn_from(SplitKind kind)
    {
        var data = await TrainedWorld.DataAsync();
        var whole = TrainingPart.Whole(data);
        var outer = Split.Of(whole, kind);
        var inner = Split.Of(outer.Train, kind);
        foreach (var (split, part) in new[] { (outer, whole), (inner, outer.Train) })
        {
            var (train, held) = (TrainedWorld.Keys(split.Train.Pairs), TrainedWorld.Keys(split.Held));
            Assert.NotEmpty(held);
            Assert.False(train.Overlaps(held));
            Assert.Equal(TrainedWorld.Keys(part.Pairs), [.. train, .. held]);
            var cut = held.Count == 0 ? long.MaxValue : split.Held.Min(p => p.TimeMs);
            foreach (var e in data.Events)
            {
                if (split.Train.Has(e))
                {
                    Assert.DoesNotContain((e.User, e.Item), held);
                    Assert.True(kind != SplitKind.Global || e.TimeMs < cut);
                }
            }
        }

        if (kind == SplitKind.PerUser)
        {
            var last = outer.Train.Pairs.GroupBy(p => p.User).ToDictionary(g => g.Key, g => g.Max(p => p.TimeMs));
            Assert.All(outer.Held, p => Assert.True(p.TimeMs >= last[p.User]));
        }
    }

    [Fact]
    public async Task A_global_cut_makes_items_created_later_unavailable_in_the_release()
    {
        var data = await TrainedWorld.DataAsync();
        var split = Split.Of(TrainingPart.Whole(data), SplitKind.Global);
        var release = await TrainJob.TrainAsync(split.Train, SplitKind.Global, TrainedWorld.Settings, TuningEffort.None, null, default);
        Assert.True(release.Manifest.LastEventMs < split.Train.UntilMs);
        Assert.Contains(release.Items, i => !i.IsAvailable);
        Assert.All(release.Items, i => Assert.True(!i.IsAvailable || i.CreatedAt!.Value.ToUnixTimeMilliseconds() < split.Train.UntilMs));
    }

    private static long At(int minute) => SmallRelease.Now.AddMinutes(minute).ToUnixTimeMilliseconds();

    private async Task PostAsync(params string[] ids) => await _catalogue.UpsertItemsAsync([.. ids.Select(id => new Item { Id = id })]);

    private async Task HappenAsync(params (int Minute, string User, string Item, string Type)[] events) =>
        await _log.AppendAsync([.. events.Select((e, i) => Ask.Event($"{e}{i}", e.User, e.Item, e.Type, time: SmallRelease.Now.AddMinutes(e.Minute)))]);

    /// <summary>A catalogue that somebody writes to as soon as its items have been read.</summary>
    private sealed class ChangingCatalogue
    {
        public ChangingCatalogue(InMemoryCatalogue catalogue, Func<Task> change)
        {
            Seen = System.Reflection.DispatchProxy.Create<ICatalogue, Proxy>();
            ((Proxy)Seen).Set(catalogue, change);
        }

        public ICatalogue Seen { get; }

        internal class Proxy : System.Reflection.DispatchProxy
        {
            private InMemoryCatalogue? _catalogue;
            private Func<Task>? _change;

            public void Set(InMemoryCatalogue catalogue, Func<Task> change) => (_catalogue, _change) = (catalogue, change);

            protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args)
            {
                var result = targetMethod!.Invoke(_catalogue, args);
                return result is IAsyncEnumerable<CatalogueChange<Item>> items ? ThenChangeAsync(items) : result;
            }

            private async IAsyncEnumerable<CatalogueChange<Item>> ThenChangeAsync(IAsyncEnumerable<CatalogueChange<Item>> items)
            {
                await foreach (var item in items)
                {
                    yield return item;
                }

                await _change!();
            }
        }
    }
}
