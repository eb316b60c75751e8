namespace Siskin.Offline.Jobs;

/// <summary>Where a training stands.</summary>
/// <param name="Name">What is being done.</param>
/// <param name="Fraction">How much of it is done, 0 to 1; 0 where that is not known.</param>
public readonly record struct TrainingStep(string Name, double Fraction);
