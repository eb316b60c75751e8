namespace Siskin.Vectors;

/// <summary>A model, index or release file is damaged, truncated, or of a format that this version does not read.</summary>
/// <param name="path">The file.</param>
/// <param name="offset">Where in the file, in bytes from its start; −1 when the whole file is meant.</param>
/// <param name="message">What was expected and what was found.</param>
public sealed class ModelFormatException(string path, long offset, string message)
    : Exception(offset >= 0 ? $"{path}, offset {offset}: {message}" : $"{path}: {message}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Where in the file, in bytes from its start; −1 when the whole file is meant.</summary>
    public long Offset { get; } = offset;
}
