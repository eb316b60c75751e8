namespace Siskin.Models.Training;

/// <summary>What a <see cref="TrainingDataCheck"/> found; one finding per column and kind, with the first row concerned.</summary>
/// <param name="Findings">Errors and warnings in the order of the columns.</param>
public sealed record TrainingDataReport(IReadOnlyList<TrainingDataFinding> Findings)
{
    /// <summary>Whether anything forbids training.</summary>
    public bool HasErrors => Findings.Any(finding => finding.IsError);

    /// <summary>Throws when there are errors; warnings pass.</summary>
    /// <exception cref="TrainingDataException">There are errors.</exception>
    public void ThrowIfAny()
    {
        if (HasErrors)
        {
            throw new TrainingDataException([.. Findings.Where(finding => finding.IsError)]);
        }
    }
}
