namespace Siskin.Models.Training;

/// <summary>Training data that no model should be trained on.</summary>
/// <param name="findings">The errors, at least one.</param>
public sealed class TrainingDataException(IReadOnlyList<TrainingDataFinding> findings)
    : Exception("the training data cannot be used: " + string.Join("; ", findings))
{
    /// <summary>The errors.</summary>
    public IReadOnlyList<TrainingDataFinding> Findings { get; } = findings;
}
