namespace Siskin.Models.Training;

/// <summary>The loss is no number any more. The graph has the parameters of the best epoch before, or those that it started with.</summary>
/// <param name="message">At which step.</param>
public sealed class TrainingDivergedException(string message) : Exception(message);
