using System.Globalization;
using System.Text;

namespace Siskin.Vectors.Files;

/// <summary>Reads columns of numbers, with or without names above them and ids before them.</summary>
internal sealed class CsvVectorReader : VectorReader
{
    // So many columns that count from 0 on are taken for names.
    private const int LeastCounted = 4;

    private readonly Utf8Lines _lines;
    private readonly bool _hasHeader;
    private readonly byte _separator;
    private bool _isHeaderRead;

    public CsvVectorReader(string path, VectorFileOptions options)
        : base(path, VectorFileFormat.Csv, options)
    {
        _lines = new Utf8Lines(path);
        try
        {
            var first = _lines.TryNext(out var line) ? line.ToArray() : throw new ModelFormatException(path, 0, "a row of numbers was expected, the file is empty");
            var second = _lines.TryNext(out line) ? line.ToArray() : [];
            _separator = SeparatorOf(first, second);
            _hasHeader = options.HasHeader ?? IsHeader(first);
            if (_hasHeader && second.Length == 0)
            {
                throw _lines.Error("rows of numbers were expected below the header, the file ends");
            }

            HasLabels = (_hasHeader && NamesIds(first)) || !IsFiniteNumber(FirstField(_hasHeader ? second : first));
            Dimensions = CountFields(_hasHeader ? second : first) - (HasLabels ? 1 : 0);
            if (Dimensions is < 1 or > MaxDimensions)
            {
                throw _lines.Error($"1 to {MaxDimensions} numbers{(HasLabels ? " behind the id" : string.Empty)} were expected, found {Dimensions}");
            }

            _lines.Restart();
        }
        catch
        {
            _lines.Dispose();
            throw;
        }
    }

    private protected override double ByteProgress => _lines.Progress;

    public override void Dispose() => _lines.Dispose();

    private protected override int ReadRows(Span<float> rows, ICollection<string>? labels)
    {
        if (_hasHeader && !_isHeaderRead)
        {
            _isHeaderRead = _lines.TryNext(out _);
        }

        var count = 0;
        for (; count * Dimensions < rows.Length && _lines.TryNext(out var line); count++)
        {
            ReadRow(line, rows.Slice(count * Dimensions, Dimensions), labels);
        }

        return count;
    }

    private void ReadRow(ReadOnlySpan<byte> line, Span<float> row, ICollection<string>? labels)
    {
        var fields = new DelimitedFields(line, _separator);
        var columns = Dimensions + (HasLabels ? 1 : 0);
        var column = 0;
        for (; fields.MoveNext(); column++)
        {
            if (fields.IsBroken)
            {
                throw _lines.Error($"column {column + 1}: a quote was expected to be closed at the end of the column");
            }

            if (column >= columns)
            {
                continue;
            }

            if (HasLabels && column == 0)
            {
                labels?.Add(Encoding.UTF8.GetString(fields.Field.Trim((byte)' ')).Replace("\"\"", "\"", StringComparison.Ordinal));
                continue;
            }

            if (!VectorText.TryParse(fields.Field, out var value))
            {
                throw _lines.Error($"column {column + 1}: a number was expected, found {VectorText.Quote(fields.Field)}");
            }

            row[column - (HasLabels ? 1 : 0)] = float.IsFinite(value) ? value : throw _lines.Error($"column {column + 1}: {NotFinite(value)}");
        }

        if (column != columns)
        {
            throw _lines.Error($"{columns} columns were expected as in the first row, found {column}");
        }
    }

    // The one that is there most often in the first two lines; the comma when none is.
    private static byte SeparatorOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var (best, most) = ((byte)',', 0);
        foreach (var separator in ",;\t"u8)
        {
            var count = first.Count(separator) + second.Count(separator);
            if (count > most)
            {
                (best, most) = (separator, count);
            }
        }

        return best;
    }

    private static bool IsNumber(ReadOnlySpan<byte> field) => VectorText.TryParse(field, out _);

    // "nan" and "infinity" may be words.
    private static bool IsFiniteNumber(ReadOnlySpan<byte> field) => VectorText.TryParse(field, out var value) && float.IsFinite(value);

    private static bool NamesIds(ReadOnlySpan<byte> name) => name.Length == 0
        || Ascii.EqualsIgnoreCase(name, "id"u8)
        || (name.Length > 3 && Ascii.EqualsIgnoreCase(name[^3..], "_id"u8));

    private ReadOnlySpan<byte> FirstField(ReadOnlySpan<byte> line)
    {
        var fields = new DelimitedFields(line, _separator);
        fields.MoveNext();
        return fields.Field;
    }

    private bool NamesIds(byte[] header) => NamesIds(FirstField(header).Trim((byte)' '));

    private int CountFields(ReadOnlySpan<byte> line)
    {
        var fields = new DelimitedFields(line, _separator);
        var count = 0;
        while (fields.MoveNext())
        {
            count++;
        }

        return count;
    }

    private bool IsHeader(ReadOnlySpan<byte> line)
    {
        var fields = new DelimitedFields(line, _separator);
        fields.MoveNext();
        var (isEmpty, isNumber, isZero) = (fields.Field.Length == 0, IsNumber(fields.Field), fields.Field.SequenceEqual("0"u8));
        var (columns, numbers, fromZero, fromOne) = (0, 0, true, true);
        for (; fields.MoveNext(); columns++)
        {
            numbers += IsNumber(fields.Field) ? 1 : 0;
            var count = int.TryParse(fields.Field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
            (fromZero, fromOne) = (fromZero && count == columns, fromOne && count == columns + 1);
        }

        if (columns == 0)
        {
            return !isNumber;
        }

        // A word before a single 0 may be the id of a vector, and 0, 1, 2 be a vector.
        var countsAll = isZero && fromOne && columns + 1 >= LeastCounted;
        var countsOthers = fromZero && (isEmpty || (!isNumber && columns > 1));
        return numbers == 0 || countsAll || countsOthers;
    }
}
