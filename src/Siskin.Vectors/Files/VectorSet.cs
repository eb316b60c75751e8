namespace Siskin.Vectors.Files;

/// <summary>Vectors in memory, with their names where the file had some.</summary>
/// <remarks>Immutable and safe for concurrent use as long as nobody writes to the rows.</remarks>
public sealed class VectorSet
{
    /// <summary>Wraps rows without copying them.</summary>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="labels">A name per row, or null.</param>
    /// <exception cref="ArgumentException">The number of floats is not a multiple of d, or the labels are not n.</exception>
    public VectorSet(ReadOnlyMemory<float> rows, int dimensions, IReadOnlyList<string>? labels = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        Rows = rows;
        Dimensions = dimensions;
        Count = rows.Length / dimensions;
        if (labels is not null && labels.Count != Count)
        {
            throw new ArgumentException($"{labels.Count} labels for {Count} rows", nameof(labels));
        }

        Labels = labels;
    }

    /// <summary>The numbers, row-major, n × d.</summary>
    public ReadOnlyMemory<float> Rows { get; }

    /// <summary>Numbers per row, d.</summary>
    public int Dimensions { get; }

    /// <summary>Number of rows, n.</summary>
    public int Count { get; }

    /// <summary>The name of each row, or null when the file had none.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>One vector, length d.</summary>
    /// <param name="row">0 to n − 1.</param>
    public ReadOnlySpan<float> this[int row] => Rows.Span.Slice(row * Dimensions, Dimensions);
}
