namespace Siskin.Data.Datasets;

/// <summary>A data set cannot be read: a file as a whole, or, in strict mode, one of its rows.</summary>
/// <param name="path">The file or folder.</param>
/// <param name="line">The line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="reason">What was expected and what was found.</param>
/// <param name="inner">What lies behind it.</param>
public sealed class DatasetFormatException(string path, long line, string reason, Exception? inner = null)
    : Exception(new BadRow(path, line, reason).ToString(), inner)
{
    /// <summary>The file or folder.</summary>
    public string Path { get; } = path;

    /// <summary>The line, from 1; 0 when the file as a whole is meant.</summary>
    public long Line { get; } = line;

    /// <summary>What was expected and what was found.</summary>
    public string Reason { get; } = reason;
}
