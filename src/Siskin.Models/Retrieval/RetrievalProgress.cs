namespace Siskin.Models.Retrieval;

/// <summary>Reported while a retrieval model trains, after each round of its work.</summary>
/// <param name="Round">Rounds done: epochs, or blocks of work where a model has no epochs.</param>
/// <param name="Rounds">Rounds in all.</param>
/// <param name="Loss">What the round minimised, as the model's options define it; NaN for models without a loss.</param>
/// <param name="Elapsed">Time since training began.</param>
public readonly record struct RetrievalProgress(int Round, int Rounds, double Loss, TimeSpan Elapsed)
{
    /// <summary>Time left at the rate so far.</summary>
    public TimeSpan Remaining => Elapsed * ((double)(Rounds - Round) / Math.Max(1, Round));
}
