namespace Siskin.Vectors.Files;

/// <summary>How a file of vectors is read.</summary>
public sealed record VectorFileOptions
{
    /// <summary>The format.</summary>
    /// <value>Null, the default, tells it by the file's name and content.</value>
    public VectorFileFormat? Format { get; init; }

    /// <summary>How many rows to read from the start, at least 1; what lies behind them is not looked at.</summary>
    /// <value>All by default.</value>
    public long MaxRows { get; init; } = long.MaxValue;

    /// <summary>Whether the first line of a CSV file names its columns.</summary>
    /// <value>
    /// Null, the default, takes the first line for names when nothing behind its first column is a number, or when the line
    /// counts its columns as an exported data frame does: all of them from 0 on, where there are four or more, or those behind
    /// a first one that is empty or a word.
    /// </value>
    public bool? HasHeader { get; init; }
}
