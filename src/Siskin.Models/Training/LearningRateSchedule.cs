using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Training;

/// <summary>How the learning rate changes from step to step: a rise at the start, then constant, falling, or falling whenever there is no progress.</summary>
/// <remarks><see cref="Graph.Optimizers.Ftrl"/> has a rate of its own for each value and takes no notice.</remarks>
public sealed record LearningRateSchedule
{
    /// <summary>Always the optimiser's rate.</summary>
    public static LearningRateSchedule Constant { get; } = new();

    /// <summary>Steps in which the rate rises from nothing.</summary>
    /// <value>0.</value>
    [Range(0, int.MaxValue)]
    public int WarmUpSteps { get; init; }

    /// <summary>Factor on the rate after each epoch.</summary>
    /// <value>1.</value>
    [Range(1e-9, 10.0)]
    public double DecayPerEpoch { get; init; } = 1;

    /// <summary>Factor on the rate after each epoch that did not bring the best validation so far.</summary>
    /// <value>1.</value>
    [Range(1e-9, 10.0)]
    public double DecayOnPlateau { get; init; } = 1;

    /// <summary>The factor on the rate.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="epoch">Number of the epoch, from 0.</param>
    /// <param name="plateaus">Epochs so far that brought no best validation.</param>
    internal float Factor(long step, int epoch, int plateaus) =>
        (float)(Math.Min(1.0, WarmUpSteps == 0 ? 1 : (double)step / WarmUpSteps) * Math.Pow(DecayPerEpoch, epoch) * Math.Pow(DecayOnPlateau, plateaus));
}
