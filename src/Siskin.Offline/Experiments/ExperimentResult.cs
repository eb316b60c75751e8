using Siskin.Models.Evaluation;
using Siskin.Models.Training;

namespace Siskin.Offline.Experiments;

/// <summary>What a model gave under a protocol.</summary>
public sealed record ExperimentResult
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the protocol.</summary>
    public required string Protocol { get; init; }

    /// <summary>Name of the data.</summary>
    public required string Dataset { get; init; }

    /// <summary>Whether it was judged on a part cut from the training data, with the test part untouched.</summary>
    public required bool IsValidation { get; init; }

    /// <summary>All parameters with the values used.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Means over the seeds, by names such as <c>recall@20</c> or <c>auc</c>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Standard deviations over the seeds; null with one seed.</summary>
    public IReadOnlyDictionary<string, double>? Deviations { get; init; }

    /// <summary>Bootstrap intervals over users of the first seed, where figures by user are known.</summary>
    public IReadOnlyDictionary<string, ConfidenceInterval>? Intervals { get; init; }

    /// <summary>Seeds of models that have one.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>Training time, mean over the seeds.</summary>
    public required double Seconds { get; init; }

    /// <summary>What is odd about the data or the protocol.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the first seed's training went, epoch by epoch; null where that is not known.</summary>
    public GraphTrainingReport? Training { get; init; }
}
