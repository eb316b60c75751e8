namespace Siskin.Data.Datasets;

/// <summary>How far an import is.</summary>
/// <param name="Kind">What is being imported now.</param>
/// <param name="Rows">Rows of this kind read so far, the bad ones included.</param>
/// <param name="BadRows">Bad rows of this kind so far.</param>
/// <param name="RowsPerSecond">Mean over this kind so far; 0 before any time has passed.</param>
/// <param name="FractionDone">How much of this kind is done, 0 to 1.</param>
/// <param name="TimeLeft">Expected time to the end of this kind at the mean rate; null while nothing is known.</param>
public sealed record DatasetProgress(
    DatasetKind Kind, long Rows, long BadRows, double RowsPerSecond, double FractionDone, TimeSpan? TimeLeft);
