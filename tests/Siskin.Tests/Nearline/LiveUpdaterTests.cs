using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Nearline.Streams;
using Siskin.Offline.Jobs;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Tests.Data;
using Siskin.Tests.Offline;
using Siskin.Tests.Serving;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Nearline;

public sealed class LiveUpdaterTests : IAsyncLifetime
{
    private static readonly LiveUpdaterOptions Never = new() { ListPeriod = TimeSpan.FromDays(1), ReleasePeriod = TimeSpan.FromDays(1), PinPeriod = TimeSpan.FromDays(1) };

    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryCatalogue _catalogue = new();
    private readonly InMemoryEventLog _log = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ReleaseStore _store;
    private readonly List<LiveUpdater> _updaters = [];
    private int _events;

    public LiveUpdaterTests() => _store = new ReleaseStore(_folder.File("releases"));

    public async ValueTask InitializeAsync() =>
        await _catalogue.UpsertItemsAsync([.. Enumerable.Range(0, 8).Select(i => new Item { Id = SmallRelease.Id(i), CreatedAt = SmallRelease.Now.AddDays(i) })]);

    public async ValueTask DisposeAsync()
    {
        foreach (var updater in _updaters)
        {
            await updater.DisposeAsync();
            await updater.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Events_and_items_from_before_the_start_are_there_and_new_ones_count_at_once()
    {
        await HappenAsync("u", "h");
        var server = await StartAsync();
        Assert.True(server.Updater.IsReady);
        Assert.Equal(0, server.Updater.Release);
        Assert.Equal("g f e d c b a", await server.Recommender.ListAsync(Ask.Only("newest", "u")));

        await HappenAsync("u", "g");
        Assert.Equal("f e d c b a", await server.Recommender.ListAsync(Ask.Only("newest", "u")));
        Assert.Equal("h g f e d c b a", await server.Recommender.ListAsync(Ask.Only("newest", "other")));

        await HappenAsync("v", "b");
        server.Snapshot.RefreshLists();
        Assert.Equal("b", (await server.Recommender.ListAsync(Ask.Only("popular", "u", count: 1)))[..1]);
    }

    [Fact]
    public async Task Warm_up_runs_once_on_what_start_up_caught_up_with_and_before_it_is_ready()
    {
        await HappenAsync("u", "h");
        var holder = new SnapshotHolder(new ServingSnapshot(Release.Empty, new UserDirectory()));
        var runs = new List<(bool IsReady, int Items)>();
        LiveUpdater? updater = null;
        var options = Never with
        {
            WarmUp = async cancellationToken =>
            {
                await new Recommender(holder).WarmUpAsync(3, cancellationToken);
                runs.Add((updater!.IsReady, holder.Current.ItemCount));
            },
        };
        updater = new LiveUpdater(holder, new UserDirectory(), _catalogue, _log, _store, options, _time);
        _updaters.Add(updater);
        await updater.StartAsync();

        Assert.Equal([(false, 8)], runs);
        Assert.True(updater.IsReady);
    }

    [Fact]
    public async Task Changes_of_the_catalogue_are_pulled_deletions_included()
    {
        var server = await StartAsync();
        await _catalogue.UpsertItemsAsync([new Item { Id = "x", Tags = ["new"] }]);
        await _catalogue.DeleteItemAsync("h");
        await _catalogue.UpdateItemAsync("g", i => i with { IsAvailable = false });
        await _catalogue.UpsertUsersAsync([new User { Id = "u", Friends = ["v"] }]);
        Assert.Equal("h g", (await server.Recommender.ListAsync(Ask.Only("newest", count: 2))));

        await server.Updater.PullCatalogueAsync();
        Assert.Equal("x f e d c b a", await server.Recommender.ListAsync(Ask.Only("newest")));
        Assert.Equal("x", await server.Recommender.ListAsync(Ask.Only("newest") with { Filter = new RequestFilter { AnyTags = ["new"] } }));
        await HappenAsync("v", "c", "like");
        Assert.Equal("c", await server.Recommender.ListAsync(Ask.Only("friends", "u")));

        await _catalogue.DeleteUserAsync("u");
        await _catalogue.SetSchemaAsync(CatalogueSchema.Default with { EventTypes = [new() { Name = "stare" }] });
        await server.Updater.PullCatalogueAsync();
        Assert.Equal(string.Empty, await server.Recommender.ListAsync(Ask.Only("friends", "u")));
        await HappenAsync("u", "x", "stare");
        Assert.Equal("f e d c b a", await server.Recommender.ListAsync(Ask.Only("newest", "u")));
    }

    [Fact]
    public async Task A_restart_ends_in_the_same_state()
    {
        var first = await StartAsync();
        await HappenSomehowAsync(300);
        Write(3);
        await first.Updater.TryLoadNewerAsync();
        await HappenSomehowAsync(300);
        await _catalogue.UpsertItemsAsync([new Item { Id = "x" }]);
        await _catalogue.DeleteItemAsync("b");
        await first.Updater.PullCatalogueAsync();
        await HappenSomehowAsync(50);

        var second = await StartAsync();
        AssertSame(first.Snapshot, second.Snapshot);
        for (var user = 0; user < 12; user++)
        {
            foreach (var channel in new[] { "newest", "popular" })
            {
                first.Snapshot.RefreshLists();
                var request = Ask.Only(channel, "u" + user);
                Assert.Equal(await first.Recommender.ListAsync(request), await second.Recommender.ListAsync(request));
            }
        }
    }

    [Fact]
    public async Task A_newer_release_is_swapped_in_beside_events_and_nothing_is_lost_or_counted_twice()
    {
        await HappenSomehowAsync(100);
        var server = await StartAsync();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await HappenSomehowAsync(3);
                await Task.Delay(1);
            }
        });
        for (var number = 1; number <= 3; number++)
        {
            var data = await TrainingData.ReadAsync(_catalogue, _log);
            _store.Write(await TrainJob.TrainAsync(data, TrainedWorld.Settings, TuningEffort.None));
            Assert.True(await server.Updater.TryLoadNewerAsync());
            Assert.Equal(number, server.Updater.Release);
        }

        await stop.CancelAsync();
        await writer;
        Assert.False(await server.Updater.TryLoadNewerAsync());
        await AssertCountedAsync(server.Snapshot);

        // Histories as well: whoever starts afresh, from the log alone, hides the same items.
        _store.Prune(1);
        Directory.Delete(_store.Directory, recursive: true);
        var fresh = await StartAsync();
        await AssertCountedAsync(fresh.Snapshot);
        for (var user = 0; user < 12; user++)
        {
            Assert.Equal(await fresh.Recommender.ListAsync(Ask.Only("newest", "u" + user)), await server.Recommender.ListAsync(Ask.Only("newest", "u" + user)));
        }
    }

    [Fact]
    public async Task A_release_that_read_further_than_this_process_was_told_is_not_counted_twice()
    {
        await HappenAsync("u", "a");
        var log = new ToldLate(_log);
        var server = await StartAsync(log);
        await HappenAsync("u", "b");
        await HappenAsync("u", "c");
        await TrainAsync();
        Assert.True(await server.Updater.TryLoadNewerAsync());
        log.Tell();
        await HappenAsync("v", "d");
        log.Tell();
        await AssertCountedAsync(server.Snapshot);
    }

    [Fact]
    public async Task A_damaged_newer_release_is_refused_and_the_one_in_force_goes_on()
    {
        await HappenAsync("u", "a");
        Write(1);
        var server = await StartAsync();
        Assert.Equal(1, server.Updater.Release);
        Write(1);
        Write(1);
        File.Delete(Path.Combine(_store.PathOf(3), "users.col"));
        Assert.True(await server.Updater.TryLoadNewerAsync());
        Assert.Equal(2, server.Updater.Release);
        Assert.False(await server.Updater.TryLoadNewerAsync());
        File.WriteAllText(Path.Combine(_store.PathOf(2), "schema.json"), "{");
        var other = await StartAsync();
        Assert.Equal(1, other.Updater.Release);
        Assert.NotEmpty((await other.Recommender.RecommendAsync(Ask.Only("newest", "u"))).Items);
    }

    [Fact]
    public async Task Events_since_the_release_before_the_one_in_force_are_kept_for_a_way_back()
    {
        var server = await StartAsync();
        await HappenAsync("u", "a");
        await TrainAsync();
        await server.Updater.TryLoadNewerAsync();
        var first = server.Snapshot;
        await HappenAsync("u", "b");
        await TrainAsync();
        await server.Updater.TryLoadNewerAsync();
        await HappenAsync("u", "c");
        Assert.Equal("h g f e d", await server.Recommender.ListAsync(Ask.Only("newest", "u")));

        server.Holder.Swap(first);
        Assert.Equal("h g f e d", await server.Recommender.ListAsync(Ask.Only("newest", "u")));
        server.Holder.Swap(new ServingSnapshot(Siskin.Serving.Releases.Release.Empty, new UserDirectory()));
    }

    [Fact]
    public async Task Calls_for_a_newer_release_at_once_swap_it_in_once()
    {
        var server = await StartAsync();
        await HappenSomehowAsync(20);
        await TrainAsync();
        var swapped = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => server.Updater.TryLoadNewerAsync())));
        Assert.Single(swapped, s => s);
        await HappenSomehowAsync(20);
        await AssertCountedAsync(server.Snapshot);
    }

    private static void AssertSame(ServingSnapshot a, ServingSnapshot b)
    {
        Assert.Equal(a.ItemCount, b.ItemCount);
        var (x, y) = (a.Statistics.Current, b.Statistics.Current);
        for (var row = 0; row < a.ItemCount; row++)
        {
            Assert.True(b.Items.TryGetRow(a.Items[row].Item.Id, out var other));
            Assert.Equal(a.Items[row].IsServable, b.Items[other].IsServable);
            Assert.Equal(At(x.Consumers, row), At(y.Consumers, other));
            Assert.Equal(At(x.Likes, row), At(y.Likes, other));
            Assert.Equal(At(x.Popularity, row) * a.Statistics.PopularityScale(x), At(y.Popularity, other) * b.Statistics.PopularityScale(y), 1e-9);
        }
    }

    private static T At<T>(T[] values, int row) => row < values.Length ? values[row] : default!;

    private async Task<Server> StartAsync(IEventLog? log = null)
    {
        var users = new UserDirectory();
        var holder = new SnapshotHolder(new ServingSnapshot(Siskin.Serving.Releases.Release.Empty, users));
        var updater = new LiveUpdater(holder, users, _catalogue, log ?? _log, _store, Never, _time);
        _updaters.Add(updater);
        await updater.StartAsync();
        return new Server(updater, new Recommender(holder), holder);
    }

    private async Task HappenAsync(string user, string item, string type = "view") =>
        await _log.AppendAsync([Ask.Event("e" + Interlocked.Increment(ref _events), user, item, type, time: SmallRelease.Now.AddMinutes(_events))]);

    private async Task HappenSomehowAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var n = Interlocked.Increment(ref _events) * 7919;
            await _log.AppendAsync([Ask.Event("e" + n, "u" + (n % 12), SmallRelease.Id(n / 13 % 8), new[] { "view", "like", "dislike", "impression" }[n / 7 % 4], time: SmallRelease.Now.AddSeconds(n % 100_000))]);
        }
    }

    private async Task TrainAsync()
    {
        var data = await TrainingData.ReadAsync(_catalogue, _log);
        _store.Write(await TrainJob.TrainAsync(data, TrainedWorld.Settings, TuningEffort.None));
    }

    /// <summary>A release of the first few items that has learned from no event.</summary>
    private void Write(int items) => _store.Write(SmallRelease.WithItems(items).Build());

    private async Task AssertCountedAsync(ServingSnapshot snapshot)
    {
        var consumed = new Dictionary<string, int>();
        var likes = new Dictionary<string, int>();
        await foreach (var batch in _log.ReadAsync(0))
        {
            foreach (var e in batch.Events)
            {
                var type = EventValidator.FindType(CatalogueSchema.Default, e.Type)!;
                consumed[e.Item] = consumed.GetValueOrDefault(e.Item) + (type.IsConsumption ? 1 : 0);
                likes[e.Item] = likes.GetValueOrDefault(e.Item) + (type.IsLike(e.Value) ? 1 : 0);
            }
        }

        var columns = snapshot.Statistics.Current;
        foreach (var (item, count) in consumed)
        {
            Assert.True(snapshot.Items.TryGetRow(item, out var row));
            Assert.Equal((count, likes[item]), (At(columns.Consumers, row), At(columns.Likes, row)));
        }
    }

    private sealed record Server(LiveUpdater Updater, Recommender Recommender, SnapshotHolder Holder)
    {
        public ServingSnapshot Snapshot => Holder.Current;
    }

    /// <summary>A log whose sink is told later than readers see the events, as with a trainer in another process.</summary>
    private sealed class ToldLate(InMemoryEventLog log) : IEventLog, IEventSink
    {
        private readonly Queue<EventBatch> _waiting = new();
        private IEventSink? _sink;

        public long End => log.End;

        public void Tell()
        {
            while (_waiting.TryDequeue(out var batch))
            {
                _sink!.OnAppended(batch);
            }
        }

        public void OnAppended(EventBatch batch) => _waiting.Enqueue(batch);

        public ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default) => log.AppendAsync(events, cancellationToken);

        public IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default) => log.ReadAsync(start, cancellationToken);

        public ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default)
        {
            _sink = sink;
            return log.AttachAsync(this, cancellationToken);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
