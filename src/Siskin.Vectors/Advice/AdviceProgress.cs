namespace Siskin.Vectors.Advice;

/// <summary>Where the work of <see cref="IndexAdvisor"/> stands.</summary>
/// <param name="Text">What is being measured.</param>
/// <param name="Fraction">How much of the time limit has passed, 0 to 1.</param>
public readonly record struct AdviceProgress(string Text, double Fraction);
