using System.Globalization;

namespace Siskin.Data.Datasets.Files;

/// <summary>Reads a file of records with the same columns, and reports those that are not.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal abstract class RecordReader(string path, DatasetReadContext context) : IAsyncDisposable
{
    public string Path { get; } = path;

    /// <summary>The line on which the present record begins, from 1.</summary>
    public long Line { get; protected set; }

    /// <summary>Columns of the present record.</summary>
    public IReadOnlyList<string> Fields { get; protected set; } = [];

    protected DatasetReadContext Context { get; } = context;

    /// <summary>Moves to the next good record; those between that are not go to the context.</summary>
    /// <returns>False at the end of the file.</returns>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Reports the present record as bad.</summary>
    public void Reject(string reason) => Context.Reject(Path, Line, reason);

    /// <summary>Reads a column as a finite number, or reports the record.</summary>
    public bool TryNumber(int column, string name, out double value)
    {
        if (double.TryParse(Fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value))
        {
            return true;
        }

        Reject($"{name} is '{Shorten(Fields[column])}'; a finite number is expected");
        return false;
    }

    /// <summary>Reads a column as seconds since 1970, or reports the record.</summary>
    public bool TrySeconds(int column, string name, out DateTimeOffset time)
    {
        time = default;
        if (!TryNumber(column, name, out var seconds))
        {
            return false;
        }

        if (DatasetTime.TryFromMilliseconds(seconds * 1000, out time))
        {
            return true;
        }

        Reject($"{name} is {Fields[column]}; seconds since 1970 are expected, for a time from 1900 to 2200");
        return false;
    }

    /// <summary>The text as it may stand in a message.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    /// <summary>Reads the first record, which names the columns.</summary>
    /// <exception cref="DatasetFormatException">There is none.</exception>
    public async ValueTask<string[]> ReadHeaderAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken).ConfigureAwait(false)
            ? [.. Fields]
            : throw new DatasetFormatException(Path, 0, "a header line was expected; the file has no readable line");

    /// <summary>Reads the first record, which must name exactly these columns.</summary>
    /// <exception cref="DatasetFormatException">It does not.</exception>
    public async ValueTask ExpectHeaderAsync(string[] expected, CancellationToken cancellationToken)
    {
        var header = await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (!header.SequenceEqual(expected, StringComparer.Ordinal))
        {
            throw new DatasetFormatException(
                Path, Line, $"the columns {string.Join(", ", expected)} were expected; found {Shorten(string.Join(", ", header))}");
        }
    }

    protected static string ColumnCount(int found, int expected) =>
        $"the row has {found:N0} {(found == 1 ? "column" : "columns")}; {expected:N0} are expected";
}
