using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Training;

namespace Siskin.Offline.Experiments;

/// <summary>How a model of the graph is trained in an experiment: the settings that all of them have.</summary>
public sealed record DeepTraining
{
    /// <summary>Most passes over the examples.</summary>
    /// <value>20.</value>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 20;

    /// <summary>Epochs without a better validation after which training ends; 0 for never.</summary>
    /// <value>3.</value>
    [Range(0, 100_000)]
    public int Patience { get; init; } = 3;

    /// <summary>Examples of a step.</summary>
    /// <value>1,024.</value>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 1024;

    /// <summary>Of Adam.</summary>
    /// <value>0.001.</value>
    [Range(1e-7, 10.0)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Seed of the starting values and of the order of examples.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 for one per processor.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    internal GraphTrainerOptions Options() => new()
    {
        Optimizer = new Adam(LearningRate),
        Epochs = Epochs,
        Patience = Patience,
        BatchSize = BatchSize,
        Seed = Seed,
        Threads = Threads,
    };
}
