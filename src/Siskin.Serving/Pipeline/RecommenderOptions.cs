using Siskin.Models.Scoring;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;
using Siskin.Serving.Scenes;

namespace Siskin.Serving.Pipeline;

/// <summary>What a recommender is made of.</summary>
public sealed record RecommenderOptions
{
    /// <summary>Scenes beside, or instead of, those built in.</summary>
    public IReadOnlyList<SceneDefinition> Scenes { get; init; } = [];

    /// <summary>Recall channels in the order in which they merge.</summary>
    public IReadOnlyList<IRecallChannel> Channels { get; init; } = RecallChannels.BuiltIn;

    /// <summary>Makes the ranker of a release; null takes the release's own blend.</summary>
    public Func<Release, IScorer?>? Scorer { get; init; }
}
