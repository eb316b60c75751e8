using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Nearline.Streams;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Tests.Data;
using Siskin.Tests.Serving;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Nearline;

public sealed class ReleaseChangeTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryCatalogue _catalogue = new();
    private readonly InMemoryEventLog _log = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ReleaseStore _store;
    private readonly List<LiveUpdater> _updaters = [];
    private int _events;

    public ReleaseChangeTests() => _store = new ReleaseStore(_folder.File("releases"));

    public async ValueTask InitializeAsync() =>
        await _catalogue.UpsertItemsAsync([.. Enumerable.Range(0, 8).Select(i => new Item { Id = SmallRelease.Id(i), CreatedAt = SmallRelease.Now.AddDays(i) })]);

    public async ValueTask DisposeAsync()
    {
        foreach (var updater in _updaters)
        {
            await updater.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task The_pin_is_followed_to_older_and_to_newer_releases_and_without_it_the_newest()
    {
        Write(1, 3);
        _store.Activate(2);
        var (updater, _, _) = await StartAsync();
        Assert.Equal(2, updater.Release);
        Assert.False(await updater.TryLoadNewerAsync());

        _store.Activate(1);
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal((1, 2), (updater.Release, updater.PreviousRelease));
        _store.ActivateNewest();
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal((3, 1), (updater.Release, updater.PreviousRelease));
        File.Delete(_store.PinPath);
        Assert.False(await updater.TryLoadNewerAsync());
        Assert.Equal(2, updater.Swaps);
    }

    [Fact]
    public async Task A_rollback_needs_nothing_from_the_disk_and_what_happened_since_is_there()
    {
        Write(1, 1);
        var (updater, recommender, holder) = await StartAsync();
        var first = holder.Current;
        Write(1, 1);
        Assert.True(await updater.TryLoadNewerAsync());

        // All of it happens while the second release is in force.
        await HappenAsync("u", "h");
        await _catalogue.UpsertItemsAsync([new Item { Id = "x", CreatedAt = SmallRelease.Now.AddDays(20) }]);
        await _catalogue.DeleteItemAsync("g");
        await updater.PullCatalogueAsync();
        _store.Rollback();
        File.Delete(Path.Combine(_store.PathOf(1), "items.col"));
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Same(first, holder.Current);
        Assert.Equal((1, 2), (updater.Release, updater.PreviousRelease));
        Assert.Equal("x f e d c b a", await recommender.ListAsync(Ask.Only("newest", "u")));
        Assert.True(first.Items.TryGetRow("h", out var row));
        Assert.Equal(1, first.Statistics.Current.Consumers[row]);
    }

    [Fact]
    public async Task A_release_that_learned_less_gets_back_what_users_did_before_what_is_remembered()
    {
        Write(1, 1);
        await HappenAsync("u", "a");
        await HappenAsync("v", "b");
        Write(1, 1, _log.End);
        await HappenAsync("u", "c");
        Write(1, 1, _log.End);
        Write(1, 1, _log.End);
        _store.Activate(3);
        var (updater, recommender, _) = await StartAsync();
        _store.Activate(4);
        Assert.True(await updater.TryLoadNewerAsync());

        // These releases pretend to have learned from the events, and know no histories.
        Assert.Equal("h g f e d c b a", await recommender.ListAsync(Ask.Only("newest", "u")));
        await HappenAsync("u", "h");
        _store.Activate(1);
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal("g f e d b", await recommender.ListAsync(Ask.Only("newest", "u")));
        Assert.Equal("h g f e d c a", await recommender.ListAsync(Ask.Only("newest", "v")));
        _store.Activate(2);
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal("g f e d b a", await recommender.ListAsync(Ask.Only("newest", "u")));
    }

    [Fact]
    public async Task A_damaged_pin_or_pinned_release_is_refused_once_and_the_one_in_force_stays()
    {
        Write(1, 3);
        var (updater, _, _) = await StartAsync();
        Assert.Equal(3, updater.Release);
        File.WriteAllText(_store.PinPath, "{ \"format\"");
        Assert.False(await updater.TryLoadNewerAsync());
        Assert.False(await updater.TryLoadNewerAsync());
        Assert.Equal((3, 1L), (updater.Release, updater.Refusals));
        Assert.Contains("pin", updater.ReleaseFault, StringComparison.Ordinal);

        _store.Activate(2, verify: false);
        File.Delete(Path.Combine(_store.PathOf(2), "users.col"));
        Assert.False(await updater.TryLoadNewerAsync());
        Assert.False(await updater.TryLoadNewerAsync());
        Assert.Equal((3, 2L), (updater.Release, updater.Refusals));
        Assert.Contains("release 2", updater.ReleaseFault, StringComparison.Ordinal);

        // A change of the pin clears the slate.
        _store.Activate(1);
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal(1, updater.Release);
        Assert.Null(updater.ReleaseFault);
    }

    [Fact]
    public async Task A_server_starts_with_the_newest_when_the_pinned_release_or_the_pin_cannot_be_read()
    {
        Write(1, 3);
        _store.Activate(1);
        File.Delete(Path.Combine(_store.PathOf(1), "users.col"));
        Assert.Equal(3, (await StartAsync()).Updater.Release);
        File.WriteAllText(_store.PinPath, string.Empty);
        Assert.Equal(3, (await StartAsync()).Updater.Release);
    }

    [Fact]
    public async Task A_release_is_taken_up_only_once_its_gate_lets_it_pass()
    {
        Write(1, 1);
        var (updater, _, _) = await StartAsync();
        _store.Write(SmallRelease.WithItems(1).Build(), held: true);
        Assert.False(await updater.TryLoadNewerAsync());
        _store.WriteGate(2, GateState.Refused, "too bad");
        Assert.False(await updater.TryLoadNewerAsync());
        _store.WriteGate(2, GateState.Passed, "good");
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal(2, updater.Release);
    }

    [Fact]
    public async Task Preparing_happens_before_the_swap_on_a_thread_that_is_not_the_pools()
    {
        Write(1, 1);
        var seen = new List<(int InForce, int Next, bool IsPool)>();
        LiveUpdater? updater = null;
        var (started, _, _) = await StartAsync((next, _) =>
        {
            seen.Add((updater!.Release, next.Release.Manifest.Number, Thread.CurrentThread.IsThreadPoolThread));
            return Task.CompletedTask;
        });
        updater = started;
        Write(1, 1);
        Assert.True(await updater.TryLoadNewerAsync());
        Assert.Equal([(1, 2, false)], seen);
    }

    [Fact]
    public async Task Warm_up_asks_what_was_asked_lately_and_survives_what_the_release_does_not_know()
    {
        Write(2, 1);
        var (_, recommender, holder) = await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await recommender.RecommendAsync(Ask.Only("newest", "user" + i));
        }

        await Assert.ThrowsAsync<RequestException>(async () => await recommender.RecommendAsync(new RecommendationRequest { Scene = "similar", Item = "nobody knows" }));
        await recommender.WarmUpAsync(holder.Current, 40);
        Assert.Equal(1, holder.Current.Release.Manifest.Number);
    }

    private async Task<(LiveUpdater Updater, Recommender Recommender, SnapshotHolder Holder)> StartAsync(Func<ServingSnapshot, CancellationToken, Task>? prepare = null)
    {
        var users = new UserDirectory();
        var holder = new SnapshotHolder(new ServingSnapshot(Release.Empty, users));
        var never = TimeSpan.FromDays(1);
        var options = new LiveUpdaterOptions { ListPeriod = never, ReleasePeriod = never, PinPeriod = never, LoadShare = 1, Prepare = prepare };
        var updater = new LiveUpdater(holder, users, _catalogue, _log, _store, options, _time);
        _updaters.Add(updater);
        await updater.StartAsync();
        return (updater, new Recommender(holder), holder);
    }

    private async Task HappenAsync(string user, string item) =>
        await _log.AppendAsync([Ask.Event("e" + ++_events, user, item, "view", time: SmallRelease.Now.AddMinutes(_events))]);

    private void Write(int items, int count, long position = 0)
    {
        for (var i = 0; i < count; i++)
        {
            var release = SmallRelease.WithItems(items).Build();
            _store.Write(release.With(release.Manifest with { EventPosition = position }, null, null, null));
        }
    }
}
