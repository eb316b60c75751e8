namespace Siskin.Models.Factorization;

/// <summary>Reported after each epoch of <see cref="ImplicitAls"/>.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Elapsed">Time since the first epoch began.</param>
public readonly record struct ImplicitAlsProgress(int Epoch, int Epochs, TimeSpan Elapsed)
{
    /// <summary>Time left at the rate so far.</summary>
    public TimeSpan Remaining => Elapsed * ((double)(Epochs - Epoch) / Math.Max(1, Epoch));
}
