namespace Siskin.Models.Graph.Optimizers;

/// <summary>What an optimiser works out once per step.</summary>
/// <param name="Rate">Step size.</param>
/// <param name="Epsilon">What keeps divisors from zero.</param>
internal readonly record struct StepRates(float Rate, float Epsilon);
