using Siskin.Nearline.Streams;
using Siskin.Server.Api;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Scenes;
using Siskin.Serving.Snapshot;

namespace Siskin.Server.Hosting;

/// <summary>Binds the API to the pipeline and to the live updates of this process.</summary>
internal sealed class ServingEngine(Recommender recommender, SnapshotHolder snapshots, LiveUpdater updater) : IServingEngine
{
    public bool IsReady => updater.IsReady;

    public int Release => updater.Release;

    public string? ReleaseFault => updater.ReleaseFault;

    public long ReleaseRefusals => updater.Refusals;

    public long ReleaseSwaps => updater.Swaps;

    public SceneBook Scenes => recommender.Scenes;

    public ValueTask<RecommendationResponse> RecommendAsync(RecommendationRequest request, CancellationToken cancellationToken) =>
        recommender.RecommendAsync(request, cancellationToken);

    public ValueTask<RecommendationResponse> SimilarAsync(string itemId, int count, CancellationToken cancellationToken) =>
        recommender.SimilarAsync(itemId, count, cancellationToken);

    public bool HasItem(string itemId) => snapshots.Current.HasItem(itemId);

    public async ValueTask CatalogueChangedAsync(CancellationToken cancellationToken) =>
        await updater.PullCatalogueAsync(cancellationToken).ConfigureAwait(false);
}
