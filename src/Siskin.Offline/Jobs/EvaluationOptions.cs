namespace Siskin.Offline.Jobs;

/// <summary>How to evaluate.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Lengths of the lists that are judged, ascending.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = [10, 20];

    /// <summary>Settings to start from.</summary>
    public TrainingSettings Settings { get; init; } = new();

    /// <summary>How much to spend on choosing settings, on a validation part cut from training.</summary>
    public TuningEffort Effort { get; init; } = TuningEffort.Quick;

    /// <summary>True scores of every item for a user at a time, in the data's row order; null where nobody knows them.</summary>
    public TrueScores? Oracle { get; init; }

    /// <summary>Whether to run the online pipeline as well.</summary>
    public bool RunPipeline { get; init; } = true;
}
