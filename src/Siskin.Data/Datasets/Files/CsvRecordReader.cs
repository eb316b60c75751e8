using System.Text;

namespace Siskin.Data.Datasets.Files;

/// <summary>Reads comma-separated values (RFC 4180) with quoted columns that may hold separators, quotes and line ends.</summary>
/// <remarks>
/// Works line by line, so that a quote that is never closed costs one row and not the rest of the file, which general
/// CSV parsers take as one column: when no sound end comes within <see cref="MaxRecordLength"/> characters, or the record
/// over several lines has not the expected columns, the line that opened it is reported and reading goes on with the next. A quote inside a column that does not begin with one stands
/// for itself. Every record must have as many columns as the first.
/// </remarks>
internal sealed class CsvRecordReader : RecordReader
{
    /// <summary>Longest record that spans several lines, in characters.</summary>
    public const int MaxRecordLength = 128 << 10;

    private readonly LineReader _lines;
    private readonly char _delimiter;

    // Lines that were read in search of a closing quote and turned out not to belong to that record.
    private readonly LinkedList<(string Text, long Number, string? Problem)> _ahead = new();
    private int? _columns;

    public CsvRecordReader(string path, char delimiter, DatasetReadContext context)
        : base(path, context)
    {
        _delimiter = delimiter;
        _lines = new LineReader(path, context);
    }

    private enum RecordEnd
    {
        Sound,
        Open,
        Broken,
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (await NextLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            Line = line.Number;
            if (line.Problem is not null)
            {
                Reject(line.Problem);
                continue;
            }

            if (string.IsNullOrWhiteSpace(line.Text))
            {
                continue;
            }

            var record = await CompleteAsync(line.Text, cancellationToken).ConfigureAwait(false);
            if (record is null)
            {
                Reject($"a quote is opened and not soundly closed: at the end of a column, within {MaxRecordLength:N0} characters, in a row of the expected columns");
                continue;
            }

            var fields = Split(record);
            _columns ??= fields.Count;
            if (fields.Count != _columns)
            {
                Reject(ColumnCount(fields.Count, _columns.Value));
                continue;
            }

            Fields = fields;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _lines.DisposeAsync();

    private async ValueTask<(string Text, long Number, string? Problem)?> NextLineAsync(CancellationToken cancellationToken)
    {
        if (_ahead.First is { } first)
        {
            _ahead.RemoveFirst();
            return first.Value;
        }

        return await _lines.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? (_lines.Text, _lines.Number, _lines.Problem)
            : null;
    }

    /// <summary>Adds lines until the record ends; null, with the lines given back, when it has no sound end.</summary>
    private async ValueTask<string?> CompleteAsync(string first, CancellationToken cancellationToken)
    {
        var inQuotes = false;
        var end = Scan(first, ref inQuotes);
        if (end == RecordEnd.Sound)
        {
            return first;
        }

        var taken = new List<(string Text, long Number, string? Problem)>();
        var record = new StringBuilder(first);
        while (end == RecordEnd.Open && record.Length <= MaxRecordLength
            && await NextLineAsync(cancellationToken).ConfigureAwait(false) is { } next)
        {
            taken.Add(next);
            record.Append('\n').Append(next.Text);
            end = next.Problem is null ? Scan(next.Text, ref inQuotes) : RecordEnd.Broken;
        }

        // A quote that some later row happens to close is given away by the number of columns.
        if (end == RecordEnd.Sound && record.Length <= MaxRecordLength)
        {
            var text = record.ToString();
            if (_columns is null || Split(text).Count == _columns)
            {
                return text;
            }
        }

        for (var i = taken.Count - 1; i >= 0; i--)
        {
            _ahead.AddFirst(taken[i]);
        }

        return null;
    }

    /// <summary>Follows the quotes of one line.</summary>
    private RecordEnd Scan(string line, ref bool inQuotes)
    {
        var atStart = !inQuotes;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (inQuotes)
            {
                if (c != '"')
                {
                    continue;
                }

                if (i + 1 < line.Length && line[i + 1] == '"')
                {
                    i++;
                    continue;
                }

                inQuotes = false;
                if (i + 1 < line.Length && line[i + 1] != _delimiter)
                {
                    return RecordEnd.Broken;
                }
            }
            else if (c == '"' && atStart)
            {
                inQuotes = true;
            }

            atStart = c == _delimiter;
        }

        return inQuotes ? RecordEnd.Open : RecordEnd.Sound;
    }

    /// <summary>Takes a sound record apart.</summary>
    private List<string> Split(string record)
    {
        var fields = new List<string>(_columns ?? 8);
        for (var at = 0; at <= record.Length; at++)
        {
            if (at < record.Length && record[at] == '"')
            {
                var end = at + 1;
                while (record[end] != '"' || (end + 1 < record.Length && record[end + 1] == '"'))
                {
                    end += record[end] == '"' ? 2 : 1;
                }

                fields.Add(record[(at + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal));
                at = end + 1;
            }
            else
            {
                var end = record.IndexOf(_delimiter, at);
                end = end < 0 ? record.Length : end;
                fields.Add(record[at..end]);
                at = end;
            }
        }

        return fields;
    }
}
