namespace Siskin.Models.Evaluation;

/// <summary>A figure with its bootstrap interval.</summary>
/// <param name="Mean">The weighted mean over all users.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Users">Users that count.</param>
public readonly record struct ConfidenceInterval(double Mean, double Low, double High, int Users);
