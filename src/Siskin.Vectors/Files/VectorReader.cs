namespace Siskin.Vectors.Files;

/// <summary>Reads a file of vectors from its start to its end, in memory that does not grow with the file.</summary>
/// <remarks>Made by <see cref="VectorFile.Open"/>. Not safe for concurrent use.</remarks>
public abstract class VectorReader : IDisposable
{
    /// <summary>Most numbers per vector that are believed; a larger d is taken for damage.</summary>
    public const int MaxDimensions = 1 << 20;

    private readonly long _maxRows;

    private protected VectorReader(string path, VectorFileFormat format, VectorFileOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRows, 1);
        Path = path;
        Format = format;
        _maxRows = options.MaxRows;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its format.</summary>
    public VectorFileFormat Format { get; }

    /// <summary>Numbers per vector, d.</summary>
    public int Dimensions { get; private protected set; }

    /// <summary>How many rows this reader will give, or −1 where only reading the file can tell.</summary>
    public long Count { get; private set; } = -1;

    /// <summary>Whether rows have names.</summary>
    public bool HasLabels { get; private protected set; }

    /// <summary>How many rows were given.</summary>
    public long RowsRead { get; private set; }

    /// <summary>How much of the work is done, 0 to 1: by rows where their number is known, else by bytes.</summary>
    public double Progress => Count >= 0 ? (Count == 0 ? 1 : (double)RowsRead / Count) : ByteProgress;

    private protected abstract double ByteProgress { get; }

    /// <summary>Reads the next rows.</summary>
    /// <param name="rows">Output, row-major: room for at least one whole row of d numbers, and for nothing but whole rows.</param>
    /// <param name="labels">Gets the name of each row read, where rows have names; null when they are not wanted.</param>
    /// <returns>How many rows were read: all that there was room for, fewer at the end, then 0.</returns>
    /// <exception cref="ModelFormatException">
    /// A row is cut off, has another d than the first, or a number that is not finite or cannot be read. Binary files tell the
    /// offset, text files the line.
    /// </exception>
    /// <exception cref="ArgumentException">There is no room for a row, or for a broken number of rows.</exception>
    public int Read(Span<float> rows, ICollection<string>? labels = null)
    {
        if (rows.Length == 0 || rows.Length % Dimensions != 0)
        {
            throw new ArgumentException($"room for {rows.Length} numbers is not room for whole rows of {Dimensions}", nameof(rows));
        }

        var wanted = (int)Math.Min(rows.Length / Dimensions, _maxRows - RowsRead);
        var read = wanted == 0 ? 0 : ReadRows(rows[..(wanted * Dimensions)], labels);
        RowsRead += read;
        return read;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected abstract int ReadRows(Span<float> rows, ICollection<string>? labels);

    private protected void SetCount(long rowsInFile) => Count = Math.Min(rowsInFile, _maxRows);

    private protected static string NotFinite(float value) =>
        $"a finite number within the range of single precision was expected, found {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
