namespace Siskin.Models.Factorization;

/// <summary>What <see cref="ImplicitAlsTuner"/> found.</summary>
/// <param name="Best">The best setting of the last round that was begun, with the epochs it was judged at; retrain with it on all data.</param>
/// <param name="Trials">Every training, in order.</param>
/// <param name="IsComplete">Whether all rounds were done within the time limit.</param>
public sealed record ImplicitAlsTuning(ImplicitAlsOptions Best, IReadOnlyList<ImplicitAlsTrial> Trials, bool IsComplete);
