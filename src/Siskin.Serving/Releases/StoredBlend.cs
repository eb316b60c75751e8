using Siskin.Models.Ranking;
using Siskin.Serving.Rank;

namespace Siskin.Serving.Releases;

/// <summary>A <see cref="BlendModel"/> as it stands in a release's JSON.</summary>
internal sealed record StoredBlend(double HistoryHalfLife, bool UsesDampedNeighbours, IReadOnlyList<StoredCalibration> Calibrations, IReadOnlyList<string> Features, float[] Weights, float Bias)
{
    public static StoredBlend From(BlendModel model) => new(
        model.HistoryHalfLife,
        model.UsesDampedNeighbours,
        [.. model.Channels.Select((c, i) => new StoredCalibration(c, model.MissingLogits[i], model.Calibrations[i].Scores, model.Calibrations[i].Probabilities))],
        model.Features,
        model.Logistic.Weights,
        model.Logistic.Bias);

    /// <exception cref="ArgumentException">The parts do not fit together.</exception>
    public BlendModel ToModel()
    {
        string[] channels = [.. Calibrations.Select(c => c.Channel)];
        if (!Features.SequenceEqual(RankFeatures.Names(channels)) || Weights.Length != Features.Count)
        {
            throw new ArgumentException("its features are not those that this version computes");
        }

        return new BlendModel
        {
            Channels = channels,
            HistoryHalfLife = HistoryHalfLife,
            UsesDampedNeighbours = UsesDampedNeighbours,
            Calibrations = [.. Calibrations.Select(c => new IsotonicCalibration(c.Scores, c.Probabilities))],
            MissingLogits = [.. Calibrations.Select(c => c.MissingLogit)],
            Features = Features,
            Logistic = new LogisticModel(Weights, Bias),
        };
    }
}
