using Siskin.Models.Scoring;
using Siskin.Serving.Rank;
using Siskin.Serving.Recall;
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
    /// <remarks>
    /// Called once for each blend of a release (users with history, users without), whose features the scorer gets. One head; scores are probabilities or other
    /// numbers of at least 0, since boosts multiply them. Whatever it throws, and a scorer of null, leave the order of pre-rank.
    /// </remarks>
    public Func<BlendModel, IScorer?>? Scorer { get; init; }
}
