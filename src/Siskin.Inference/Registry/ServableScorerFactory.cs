using Siskin.Inference.Ranking;
using Siskin.Models.Scoring;

namespace Siskin.Inference.Registry;

/// <summary>Makes scorers of a loaded version; each keeps it loaded.</summary>
internal sealed class ServableScorerFactory(HeldVersion version) : IScorerFactory
{
    public string Name => version.Name;

    public long Version => version.Version;

    public string Hash => version.Loaded!.Hash;

    public IScorer Create(ScorerContext context)
    {
        var lease = version.TryAcquire() ?? throw new Vectors.ModelFormatException(Name, -1, $"version {Version} is not loaded any more");
        try
        {
            var (servable, folder) = (lease.Servable, version.Loaded!.Folder);
            var scorer = servable is IRankingServable ranking
                ? ranking.CreateScorer(context)
                : new MappedScorer(servable, FeatureMapping.Read(folder) ?? FeatureMapping.ByName(servable, context.Features), context, folder);
            return new LeasedScorer(scorer, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private sealed class LeasedScorer(IScorer inner, ServableLease lease) : IScorer, IDisposable
    {
        public int FeatureCount => inner.FeatureCount;

        public int Heads => inner.Heads;

        public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default) => inner.ScoreAsync(batch, cancellationToken);

        public void Dispose()
        {
            (inner as IDisposable)?.Dispose();
            lease.Dispose();
        }
    }
}
