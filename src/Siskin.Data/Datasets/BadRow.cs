namespace Siskin.Data.Datasets;

/// <summary>A row of a data set that could not be used.</summary>
/// <param name="Path">The file, or the name of the data set where no file is to blame.</param>
/// <param name="Line">The line on which the row begins, from 1; 0 where no line is to blame.</param>
/// <param name="Reason">What is wrong and what was expected.</param>
public sealed record BadRow(string Path, long Line, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{Path}:{Line}: {Reason}" : $"{Path}: {Reason}";
}
