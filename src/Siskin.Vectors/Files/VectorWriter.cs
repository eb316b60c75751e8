namespace Siskin.Vectors.Files;

/// <summary>Writes a file of vectors in pieces: .fvecs, or .npy with 4-byte floats.</summary>
/// <remarks>
/// Nothing is seen at the path until <see cref="Complete"/>; a writer that is disposed before leaves nothing behind.
/// Not safe for concurrent use.
/// </remarks>
public abstract class VectorWriter : IDisposable
{
    private readonly PendingFile _file;

    private protected VectorWriter(string path, int dimensions)
    {
        Dimensions = dimensions;
        _file = new PendingFile(path);
    }

    /// <summary>Numbers per vector, d.</summary>
    public int Dimensions { get; }

    /// <summary>How many vectors were written.</summary>
    public long Count { get; private set; }

    private protected Stream Stream => _file.Stream;

    /// <summary>Begins a file, in the format that the ending of its name tells.</summary>
    /// <param name="path">Ends with .fvecs or .npy.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <exception cref="ArgumentException">The name has another ending.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static VectorWriter Create(string path, int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".fvecs" => new FvecsWriter(path, dimensions),
            ".npy" => new NpyWriter(path, dimensions),
            _ => throw new ArgumentException($"'{path}' ends neither with .fvecs nor with .npy", nameof(path)),
        };
    }

    /// <summary>Writes vectors at once as a whole file.</summary>
    /// <param name="path">Ends with .fvecs or .npy; a file that is there is replaced.</param>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <exception cref="ArgumentException">The name has another ending, or the number of floats is not a multiple of d.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<float> rows, int dimensions)
    {
        using var writer = Create(path, dimensions);
        writer.Append(rows);
        writer.Complete();
    }

    /// <summary>Adds vectors behind those that were written.</summary>
    /// <param name="rows">Row-major, n × d.</param>
    /// <exception cref="ArgumentException">The number of floats is not a multiple of d.</exception>
    public void Append(ReadOnlySpan<float> rows)
    {
        if (rows.Length % Dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {Dimensions}", nameof(rows));
        }

        WriteRows(rows);
        Count += rows.Length / Dimensions;
    }

    /// <summary>Puts the file into its place; one that is there is replaced. Nothing may be added afterwards.</summary>
    public void Complete()
    {
        Finish();
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private protected abstract void WriteRows(ReadOnlySpan<float> rows);

    private protected abstract void Finish();
}
