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

public sealed class PostedVectorTests : IAsyncLifetime
{
    private static readonly LiveUpdaterOptions Never = new() { ListPeriod = TimeSpan.FromDays(1), ReleasePeriod = TimeSpan.FromDays(1), PinPeriod = TimeSpan.FromDays(1) };
    private static readonly RecommendationRequest Beside = Ask.Only("embedding") with { RecentItems = ["a"] };

    private readonly TemporaryFolder _folder = new();
    private readonly InMemoryCatalogue _catalogue = new();
    private readonly InMemoryEventLog _log = new();
    private readonly ReleaseStore _store;
    private readonly SnapshotHolder _holder;
    private readonly LiveUpdater _updater;

    public PostedVectorTests()
    {
        _store = new ReleaseStore(_folder.File("releases"));
        var users = new UserDirectory();
        _holder = new SnapshotHolder(new ServingSnapshot(Release.Empty, users));
        _updater = new LiveUpdater(_holder, users, _catalogue, _log, _store, Never, new ManualTimeProvider());
        Recommender = new Recommender(_holder);
    }

    private Recommender Recommender { get; }

    public async ValueTask InitializeAsync()
    {
        await _catalogue.SetSchemaAsync(CatalogueSchema.Default with { VectorDimension = 2 });
        await _catalogue.UpsertItemsAsync([SmallRelease.Item("a", 0), SmallRelease.Item("b", 30), SmallRelease.Item("c", 60)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _updater.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_untrained_home_recommends_by_vectors_and_follows_the_catalogue()
    {
        await _updater.StartAsync();
        Assert.Equal("b c", await Recommender.ListAsync(Beside));
        await _catalogue.UpsertItemsAsync([SmallRelease.Item("x", 10), SmallRelease.Item("b", 90)]);
        await _catalogue.DeleteItemAsync("c");
        await _updater.PullCatalogueAsync();
        Assert.Equal("x b", await Recommender.ListAsync(Beside));
    }

    [Fact]
    public async Task The_length_of_vectors_may_be_declared_after_the_items_came()
    {
        await _catalogue.SetSchemaAsync(CatalogueSchema.Default);
        await _updater.StartAsync();
        await _catalogue.SetSchemaAsync(CatalogueSchema.Default with { VectorDimension = 2 });
        await _updater.PullCatalogueAsync();
        Assert.Equal("b c", await Recommender.ListAsync(Beside));
    }

    [Fact]
    public async Task A_trained_release_takes_over_what_the_overlay_held()
    {
        await _updater.StartAsync();
        await _catalogue.UpsertItemsAsync([SmallRelease.Item("x", 10)]);
        await TrainAsync();
        await _catalogue.UpsertItemsAsync([SmallRelease.Item("b", 5), SmallRelease.Item("y", 15)]);
        Assert.True(await _updater.TryLoadNewerAsync());
        await _updater.PullCatalogueAsync();
        Assert.Equal("x b a c", await Recommender.ListAsync(Ask.Only("embedding") with { Item = "y" }));
        Assert.Equal("exact 3 rows + 2 since the release", _holder.Current.Content!.Describe());
        Assert.Equal(4, _holder.Current.Release.Indexes.Content!.Count);
    }

    [Fact]
    public async Task A_release_with_a_flipped_byte_in_an_index_file_is_refused_and_the_one_before_goes_on()
    {
        await _updater.StartAsync();
        WriteWithFiles();
        Assert.True(await _updater.TryLoadNewerAsync());
        var before = await Recommender.ListAsync(Beside);
        WriteWithFiles();
        var path = Path.Combine(_store.PathOf(2), "index-content.vec");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.False(await _updater.TryLoadNewerAsync());
        Assert.Equal(1, _updater.Release);
        Assert.Equal(before, await Recommender.ListAsync(Beside));
    }

    private void WriteWithFiles() =>
        _store.Write(SmallRelease.WithVectors(2, [.. Enumerable.Range(0, 20).Select(i => i * 5.0)]).Build());

    private async Task TrainAsync()
    {
        await _log.AppendAsync([Ask.Event("e1", "u", "a"), Ask.Event("e2", "v", "b")]);
        var data = await TrainingData.ReadAsync(_catalogue, _log);
        _store.Write(await TrainJob.TrainAsync(data, TrainedWorld.Settings, TuningEffort.None));
    }
}
