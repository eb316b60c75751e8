using Siskin.Models.Evaluation;

namespace Siskin.Offline.Jobs;

/// <summary>What an evaluation found.</summary>
/// <param name="Protocol">How the data was cut and what was ranked, in words.</param>
/// <param name="Train">Pairs learned from.</param>
/// <param name="Test">Pairs held back.</param>
/// <param name="Rows">Each recommender with its figures, in order.</param>
/// <param name="Channels">What each recall channel found; null when the pipeline was not run.</param>
/// <param name="Settings">Settings that were chosen on the validation part, by name.</param>
/// <param name="Seconds">Time it took.</param>
public sealed record EvaluationReport(
    string Protocol,
    int Train,
    int Test,
    IReadOnlyList<EvaluationRow> Rows,
    ChannelReport? Channels,
    IReadOnlyDictionary<string, string> Settings,
    double Seconds);
