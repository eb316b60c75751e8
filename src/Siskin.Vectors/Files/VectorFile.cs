using System.Globalization;

namespace Siskin.Vectors.Files;

/// <summary>Reads files of vectors, whatever their format.</summary>
public static class VectorFile
{
    // In numbers: the room that is made at first while the number of rows is not known, and what is read between two reports.
    private const int FirstRoom = 1 << 16;
    private const int PieceLength = 1 << 20;

    /// <summary>Opens a file for reading in pieces.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ModelFormatException">The format is not known, or the start of the file does not keep to it.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static VectorReader Open(string path, VectorFileOptions? options = null)
    {
        options ??= new VectorFileOptions();
        var format = options.Format ?? DetectFormat(path);
        return format switch
        {
            VectorFileFormat.Npy => new NpyReader(path, options),
            VectorFileFormat.Csv => new CsvVectorReader(path, options),
            VectorFileFormat.WordVectors => new WordVectorReader(path, options),
            _ => new VecsReader(path, format, options),
        };
    }

    /// <summary>Reads a whole file, or its first rows, into memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Gets the share that is done, 0 to 1, every few megabytes.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <exception cref="ModelFormatException">
    /// The file is damaged or of no known format (see <see cref="VectorReader.Read"/>), or has more numbers than an array can
    /// hold (about 2.1 thousand million): read such a file in pieces, or fewer rows.
    /// </exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static VectorSet Read(string path, VectorFileOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        using var reader = Open(path, options);
        var d = reader.Dimensions;
        var most = Array.MaxLength / d;
        var capacity = reader.Count >= 0 ? reader.Count : Math.Max(1, FirstRoom / d);
        if (capacity > most)
        {
            throw TooLarge(reader, most);
        }

        var rows = GC.AllocateUninitializedArray<float>((int)capacity * d);
        var labels = reader.HasLabels ? new List<string>() : null;
        var pieceRows = Math.Max(1, PieceLength / d);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var filled = (int)reader.RowsRead;
            if (filled == capacity && filled != reader.Count)
            {
                capacity = filled < most ? Math.Min(most, 2L * filled) : throw TooLarge(reader, most);
                Array.Resize(ref rows, (int)capacity * d);
            }

            var piece = (int)Math.Min(pieceRows, capacity - filled);
            if (piece == 0 || reader.Read(rows.AsSpan(filled * d, piece * d), labels) < piece)
            {
                return new VectorSet(rows.AsMemory(0, (int)reader.RowsRead * d), d, labels);
            }

            progress?.Report(reader.Progress);
        }
    }

    /// <summary>Tells the format of a file: by the ending of its name where that is telling, else by its content.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFormatException">The content is of no known format.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static VectorFileFormat DetectFormat(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".fvecs" => VectorFileFormat.Fvecs,
        ".bvecs" => VectorFileFormat.Bvecs,
        ".ivecs" => VectorFileFormat.Ivecs,
        ".npy" => VectorFileFormat.Npy,
        ".csv" or ".tsv" => VectorFileFormat.Csv,
        ".vec" => VectorFileFormat.WordVectors,
        _ => VectorFileContent.Detect(path),
    };

    private static ModelFormatException TooLarge(VectorReader reader, long most) => new(
        reader.Path,
        -1,
        string.Create(
            CultureInfo.InvariantCulture,
            $"at most {most:N0} vectors of {reader.Dimensions} numbers can be held at once, the file has {(reader.Count >= 0 ? reader.Count.ToString("N0", CultureInfo.InvariantCulture) : "more")}; read fewer rows, or in pieces"));
}
