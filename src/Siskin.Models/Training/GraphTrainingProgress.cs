namespace Siskin.Models.Training;

/// <summary>Where training is; reported about twice a second and after each epoch.</summary>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="Epochs">Most epochs.</param>
/// <param name="Share">Share of the epoch that is done, 0 to 1.</param>
/// <param name="Loss">Mean loss of the epoch so far.</param>
/// <param name="ExamplesPerSecond">Of the epoch so far.</param>
/// <param name="EpochRemaining">Time left in the epoch at this rate.</param>
/// <param name="ValidationScore">After the epoch before; NaN when there is none.</param>
public readonly record struct GraphTrainingProgress(int Epoch, int Epochs, double Share, double Loss, double ExamplesPerSecond, TimeSpan EpochRemaining, double ValidationScore)
{
    /// <summary>Most time left, when no epoch is saved by stopping early.</summary>
    public TimeSpan Remaining => EpochRemaining + (Share > 0 ? EpochRemaining / Math.Max(1e-9, 1 - Share) * (Epochs - Epoch) : TimeSpan.Zero);
}
