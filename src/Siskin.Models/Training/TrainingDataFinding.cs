namespace Siskin.Models.Training;

/// <summary>Something wrong with training data.</summary>
/// <param name="IsError">False for a warning.</param>
/// <param name="Column">The column, or null for the data as a whole.</param>
/// <param name="Row">The first row concerned, from 0, or −1.</param>
/// <param name="Message">What was found and what is expected.</param>
public sealed record TrainingDataFinding(bool IsError, string? Column, int Row, string Message)
{
    /// <summary>Column, row and message in one line.</summary>
    public override string ToString() =>
        $"{(Column is null ? string.Empty : $"column '{Column}'")}{(Row >= 0 ? $", row {Row}" : string.Empty)}{(Column is null ? string.Empty : ": ")}{Message}";
}
