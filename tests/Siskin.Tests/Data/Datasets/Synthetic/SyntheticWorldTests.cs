using Siskin.Data;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Data.Events;

namespace Siskin.Tests.Data.Datasets.Synthetic;

public sealed class SyntheticWorldTests
{
    private static readonly SyntheticWorldOptions Small = new() { Users = 300, Items = 200, Events = 6_000 };

    [Fact]
    public async Task The_same_options_give_the_same_world_and_another_seed_another()
    {
        var one = await EventsAsync(new SyntheticWorld(Small));
        Assert.Equal(one, await EventsAsync(new SyntheticWorld(Small)));
        Assert.NotEqual(one, await EventsAsync(new SyntheticWorld(Small with { Seed = 2 })));
    }

    [Fact]
    public async Task The_world_does_not_change_between_platforms_and_versions()
    {
        // Kept values: if this fails, worlds that others have generated can no longer be generated again.
        var world = new SyntheticWorld(Small);
        var events = await EventsAsync(world);
        var last = events[^1];
        Assert.Equal("Modern Coast", (await ItemsAsync(world))[0].Title);
        Assert.Equal("2f4035de5f375eb930265895598f2f89 click u00044 i00003 2025-04-12T08:42:50.632", $"{last.Id} {last.Type} {last.User} {last.Item} {last.Time:yyyy-MM-ddTHH:mm:ss.fff}");
    }

    [Fact]
    public async Task Events_are_valid_ascending_and_as_many_as_asked_for()
    {
        var world = new SyntheticWorld(Small);
        var events = await EventsAsync(world);
        Assert.Equal(6_000, events.Count);
        Assert.Equal(6_000, events.DistinctBy(e => e.Id).Count());
        var errors = new List<ValidationError>();
        foreach (var (e, i) in events.Select((e, i) => (e, i)))
        {
            EventValidator.Check(e, world.Schema, string.Empty, errors);
            Assert.True(i == 0 || events[i - 1].Time <= e.Time);
        }

        Assert.Empty(errors);
        Assert.InRange((events[^1].Time - Small.Start).TotalDays, 75, 115);
        Assert.Equal(["click", "like", "purchase", "rating"], events.Select(e => e.Type).Distinct().Order());
        Assert.All(events.Where(e => e.Type == "rating"), e => Assert.InRange(e.Value!.Value, 1, 5));
    }

    [Fact]
    public async Task Nobody_clicks_twice_or_before_the_item_exists_and_the_rest_follows_a_click()
    {
        var world = new SyntheticWorld(Small);
        var created = (await ItemsAsync(world)).ToDictionary(item => item.Id, item => item.CreatedAt!.Value);
        var clicked = new HashSet<(string, string)>();
        foreach (var e in await EventsAsync(world))
        {
            Assert.True(e.Time >= created[e.Item]);
            Assert.Equal(e.Type == "click", clicked.Add((e.User, e.Item)));
        }

        Assert.InRange(created.Values.Count(time => time >= Small.Start), 35, 45);
    }

    [Fact]
    public async Task Items_and_users_are_valid_and_friends_are_alike()
    {
        var world = new SyntheticWorld(Small);
        var errors = new List<ValidationError>();
        var items = await ItemsAsync(world);
        items.ForEach(item => CatalogueValidator.Check(item, world.Schema, string.Empty, errors));
        var users = await world.ReadUsersAsync(new DatasetReadContext()).ToListAsync();
        users.ForEach(user => CatalogueValidator.Check(user, world.Schema, string.Empty, errors));
        CatalogueValidator.Check(world.Schema, errors);
        Assert.Empty(errors);
        Assert.Equal((200, 300), (items.Count, users.Count));
        Assert.Equal(200, items.DistinctBy(item => item.Title).Count());
        Assert.All(items, item => Assert.InRange(item.Tags.Count, 1, 3));
        Assert.All(users, user => Assert.InRange(user.Friends.Count, 3, 15));
        Assert.All(users, user => Assert.DoesNotContain(user.Id, user.Friends));

        var (friends, strangers) = (0.0, 0.0);
        for (var u = 0; u < users.Count; u++)
        {
            friends += users[u].Friends.Average(friend => world.Population.Similarity(u, SyntheticWorld.UserNumber(friend, 300)));
            strangers += Enumerable.Range(0, 300).Where(other => other != u).Average(other => world.Population.Similarity(u, other));
        }

        Assert.True(friends > strangers + (0.25 * users.Count), $"{friends / 300:F3} against {strangers / 300:F3}");
    }

    [Theory]
    [InlineData(1, 50, 12)]
    [InlineData(10, 100, 250)]
    [InlineData(200, 50, 2_500)]
    [InlineData(3, 50, 0)]
    public async Task Small_and_dense_worlds_have_as_many_events_as_asked_for(int users, int items, long events)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var world = new SyntheticWorld(new() { Users = users, Items = items, Events = events, Seed = seed });
            var made = await EventsAsync(world);
            Assert.Equal(events, made.Count);
            Assert.All(made, e => Assert.InRange(e.Time, world.Options.Start, world.Options.Start.AddDays(90 * 20)));
        }
    }

    [Theory]
    [InlineData(0, 200, 100, "Users is 0")]
    [InlineData(10, 49, 100, "Items is 49")]
    [InlineData(10, 100, 251, "Events is 251; 0 to 250")]
    public void Options_out_of_range_are_refused(int users, int items, long events, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(
            () => new SyntheticWorld(new() { Users = users, Items = items, Events = events })).Message);

    [Fact]
    public async Task A_world_is_opened_by_its_specification()
    {
        var world = Assert.IsType<SyntheticWorld>(await DatasetFormats.OpenAsync("synthetic:users=10,items=60,events=20,seed=9,days=5"));
        Assert.Equal((10, 60, 20L, 9, 5), (world.Options.Users, world.Options.Items, world.Options.Events, world.Options.Seed, world.Options.Days));
        await Assert.ThrowsAsync<ArgumentException>(() => DatasetFormats.OpenAsync("synthetic:users=many"));
    }

    [Fact]
    public async Task Oracle_scores_are_a_distribution_over_what_may_be_clicked()
    {
        var world = new SyntheticWorld(Small);
        var oracle = new SyntheticOracle(world);
        var events = await EventsAsync(world);
        var at = events[4_000].Time;
        var items = await ItemsAsync(world);
        var scores = new float[oracle.ItemCount];
        for (var u = 0; u < 20; u++)
        {
            oracle.Scores(SyntheticWorld.UserId(u), at, scores);
            Assert.InRange(scores.Sum(), 0.999, 1.001);
            var clicked = events.Where(e => e.User == SyntheticWorld.UserId(u) && e.Time <= at).Select(e => e.Item).ToHashSet();
            for (var i = 0; i < scores.Length; i++)
            {
                Assert.Equal(clicked.Contains(items[i].Id) || items[i].CreatedAt > at, scores[i] == 0);
            }

            Assert.Equal(scores[7], oracle.Score(u, 7, at));
        }

        Assert.Throws<ArgumentException>(() => oracle.Scores("u00301", at, new float[200]));
        Assert.Throws<ArgumentException>(() => oracle.Scores("u00001", at, new float[199]));
    }

    [Fact]
    public void Oracle_scores_are_the_frequencies_of_real_choices()
    {
        // Of all pairs of a click to come and an item that were given about the same score, as many must come true as the
        // scores say: low scores and high ones, whoever the user is.
        double[] bounds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1];
        var world = new SyntheticWorld(new() { Users = 1_000, Items = 60, Events = 12_000, Seed = 3 });
        var oracle = new SyntheticOracle(world);
        var expected = new double[bounds.Length];
        var counted = new int[bounds.Length];
        var scores = new float[60];
        foreach (var action in new SyntheticSimulation(world.Population).Play().Where(action => action.Kind == SyntheticActionKind.Click))
        {
            oracle.Scores(SyntheticWorld.UserId(action.User), world.Options.Start.AddMilliseconds(action.Milliseconds - 1), scores);
            for (var i = 0; i < scores.Length; i++)
            {
                var bin = Array.FindIndex(bounds, bound => scores[i] <= bound);
                expected[bin] += scores[i];
                counted[bin] += i == action.Item ? 1 : 0;
            }
        }

        for (var bin = 0; bin < bounds.Length; bin++)
        {
            Assert.True(
                Math.Abs(expected[bin] - counted[bin]) < (0.12 * expected[bin]) + (4 * Math.Sqrt(expected[bin])),
                $"scores up to {bounds[bin]}: expected {expected[bin]:F0}, counted {counted[bin]}; all: {string.Join(' ', expected.Select(e => $"{e:F0}"))} against {string.Join(' ', counted)}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Collaborative_filtering_beats_popularity_and_the_oracle_beats_all(int seed)
    {
        var quality = new SyntheticQuality(new SyntheticWorld(new() { Users = 1_500, Items = 500, Events = 75_000, Seed = seed }));
        var text = $"popularity {quality.Popularity:F4}, item-CF {quality.ItemCf:F4}, affinity {quality.Affinity:F4}, oracle {quality.Oracle:F4}";
        Assert.True(quality.Popularity is > 0.04 and < 0.16, text);
        Assert.True(quality.ItemCf > 1.3 * quality.Popularity, text);
        Assert.True(quality.Oracle > 1.15 * quality.ItemCf, text);
        Assert.True(quality.Oracle > 1.15 * quality.Affinity, text);
    }

    private static ValueTask<List<Event>> EventsAsync(SyntheticWorld world) => world.ReadEventsAsync(new DatasetReadContext()).ToListAsync();

    private static ValueTask<List<Item>> ItemsAsync(SyntheticWorld world) => world.ReadItemsAsync(new DatasetReadContext()).ToListAsync();
}
