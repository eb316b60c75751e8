using Siskin.Models.Scoring;
using Siskin.Serving.Rank;

namespace Siskin.Serving.Snapshot;

/// <summary>A version of a model with its scorers for one release.</summary>
/// <remarks>Belongs to the bindings that hold it, several at times; the last that ends disposes of the scorers.</remarks>
public sealed class BoundModel
{
    private readonly (BlendModel Blend, IScorer Scorer)[] _scorers;
    private int _holders;

    private BoundModel(IScorerFactory factory, (BlendModel Blend, IScorer Scorer)[] scorers)
    {
        (Name, Version, Hash, _scorers) = (factory.Name, factory.Version, factory.Hash, scorers);
        Title = new ModelReference(Name, Version, null).ToString();
    }

    /// <summary>Of the model.</summary>
    public string Name { get; }

    /// <summary>Of the model.</summary>
    public long Version { get; }

    /// <summary>SHA-256 of what it was loaded from.</summary>
    public string Hash { get; }

    /// <summary>NAME@VERSION, as answers say it.</summary>
    public string Title { get; }

    /// <summary>Makes the scorers of a model for a release.</summary>
    /// <param name="factory">The model.</param>
    /// <param name="release">Whose candidates are scored; without a blend there are no features, and so no scorers.</param>
    /// <exception cref="Siskin.Vectors.ModelFormatException">The model asks for something that the release has not.</exception>
    public static BoundModel Create(IScorerFactory factory, Releases.Release release)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(release);
        var scorers = new List<(BlendModel, IScorer)>();
        try
        {
            foreach (var blend in new[] { release.Blend, release.ColdBlend }.OfType<BlendModel>())
            {
                var scorer = factory.Create(new ScorerContext { Features = blend.Features, Items = [.. release.Items.Select(item => item.Id)], Tags = [.. release.Items.Select(item => item.Tags)] });
                scorers.Add((blend, scorer));
                if (scorer.FeatureCount != blend.Features.Count || scorer.Heads != 1)
                {
                    throw new Siskin.Vectors.ModelFormatException(factory.Name, -1, $"its scorer takes {scorer.FeatureCount} features and gives {scorer.Heads} heads; {blend.Features.Count} and 1 are needed");
                }
            }
        }
        catch
        {
            scorers.ForEach(scorer => (scorer.Item2 as IDisposable)?.Dispose());
            throw;
        }

        return new BoundModel(factory, [.. scorers]);
    }

    /// <summary>The scorer for candidates with a blend's features; null when there is none.</summary>
    internal IScorer? For(BlendModel blend)
    {
        foreach (var (own, scorer) in _scorers)
        {
            if (ReferenceEquals(own, blend))
            {
                return scorer;
            }
        }

        return null;
    }

    internal void Hold() => Interlocked.Increment(ref _holders);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            foreach (var (_, scorer) in _scorers)
            {
                (scorer as IDisposable)?.Dispose();
            }
        }
    }
}
