namespace Siskin.Models.Training;

/// <summary>How training went.</summary>
public sealed record GraphTrainingReport
{
    /// <summary>Every epoch, those before a checkpoint included.</summary>
    public required IReadOnlyList<EpochResult> Epochs { get; init; }

    /// <summary>Number of the epoch whose parameters the graph has now: the best one by validation, or the last one without.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Whether training ended because validation got no better.</summary>
    public required bool StoppedEarly { get; init; }

    /// <summary>What was odd about the examples, though not wrong.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
