using Siskin.Models.Ranking;

namespace Siskin.Serving.Rank;

/// <summary>
/// The blend that ranks: for each channel a calibration from its score to a probability, and one logistic regression
/// over the calibrated scores and the statistics of user and item.
/// </summary>
public sealed record BlendModel
{
    /// <summary>Channels that it was trained with, by name; others count as not having found anything.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>For each channel: probability that a candidate is taken, given the channel's score.</summary>
    public required IReadOnlyList<IsotonicCalibration> Calibrations { get; init; }

    /// <summary>For each channel: log-odds that a candidate is taken which the channel did not find.</summary>
    public required IReadOnlyList<float> MissingLogits { get; init; }

    /// <summary>
    /// After how many newer items one of a user's items counts half, in scenes that leave it to the release; 0 means that
    /// all count alike. The calibrations hold for scores made with it.
    /// </summary>
    public double HistoryHalfLife { get; init; }

    /// <summary>Whether item-to-item recall uses the neighbours that damp popularity, in scenes that leave it to the release.</summary>
    public bool UsesDampedNeighbours { get; init; }

    /// <summary>Names of the features, in the order of the weights; those of <see cref="RankFeatures.Names"/>.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Weights and bias over the features.</summary>
    public required LogisticModel Logistic { get; init; }
}
