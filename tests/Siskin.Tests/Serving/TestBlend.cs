using Siskin.Models.Ranking;
using Siskin.Models.Scoring;
using Siskin.Serving.Rank;
using Siskin.Serving.Recall;

namespace Siskin.Tests.Serving;

/// <summary>Blends and scorers whose outcome can be told beforehand.</summary>
internal static class TestBlend
{
    /// <summary>A blend over all built-in channels that weighs one feature alone.</summary>
    public static BlendModel By(string feature, float weight = 1)
    {
        string[] channels = [.. RecallChannels.BuiltIn.Select(c => c.Name)];
        var names = RankFeatures.Names(channels);
        var weights = new float[names.Count];
        weights[names.ToList().IndexOf(feature)] = weight;
        return new BlendModel
        {
            Channels = channels,
            Calibrations = [.. channels.Select(_ => new IsotonicCalibration([0, 100], [0.1f, 0.9f]))],
            MissingLogits = [.. channels.Select(_ => -3f)],
            Features = names,
            Logistic = new LogisticModel(weights, 0),
        };
    }

    /// <summary>A scorer made of a function.</summary>
    public sealed class Scorer(Func<ScoringBatch, CancellationToken, ValueTask> score) : IScorer
    {
        public int FeatureCount => 0;

        public int Heads => 1;

        public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default) => score(batch, cancellationToken);
    }
}
