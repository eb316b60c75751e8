namespace Siskin.Models.Training;

/// <summary>The loss, or a number of what is trained, is no number any more. A graph has the parameters of the best epoch before, or those that it started with.</summary>
/// <param name="message">At which step, and what to change.</param>
public sealed class TrainingDivergedException(string message) : Exception(message);
