using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Models.Training;

/// <summary>How a graph is trained.</summary>
public sealed record GraphTrainerOptions
{
    /// <summary>Changes the parameters that have no optimiser of their own.</summary>
    /// <value>Adam with a rate of 0.001.</value>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>How the rate changes.</summary>
    /// <value>Not at all.</value>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Most passes over the examples.</summary>
    /// <value>10.</value>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 10;

    /// <summary>Examples of a step. What is left over at the end of an epoch is a smaller step.</summary>
    /// <value>1,024.</value>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 1024;

    /// <summary>Epochs without a better validation after which training ends; 0 trains all epochs.</summary>
    /// <value>2.</value>
    [Range(0, 100_000)]
    public int Patience { get; init; } = 2;

    /// <summary>Largest norm of all gradients of a step together; larger ones are made as long as this. 0 for no limit.</summary>
    /// <value>0.</value>
    [Range(0, 1e30)]
    public double ClipNorm { get; init; }

    /// <summary>Threads; 0 for one per processor. On one thread the same seed gives the same numbers to the last bit.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Seed of the order of examples.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; names it.</exception>
    public void Validate()
    {
        OptionsValidation.Check(this);
        OptionsValidation.Check(Schedule);
    }
}
