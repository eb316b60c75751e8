using System.Globalization;
using System.Text;

namespace Siskin.Vectors.Files;

/// <summary>Reads words with their numbers: word2vec's text form, and GloVe's, which has no line "n d" at the top.</summary>
/// <remarks>
/// Numbers are taken from the right, because some words of published files hold spaces; such a word must not end with a
/// number. Bytes of words that are not UTF-8 become the replacement character.
/// </remarks>
internal sealed class WordVectorReader : VectorReader
{
    private readonly Utf8Lines _lines;
    private readonly bool _hasHeader;
    private readonly long _promised = long.MaxValue;
    private readonly bool _isEndWanted;
    private bool _isHeaderRead;

    public WordVectorReader(string path, VectorFileOptions options)
        : base(path, VectorFileFormat.WordVectors, options)
    {
        HasLabels = true;
        _lines = new Utf8Lines(path);
        try
        {
            var first = _lines.TryNext(out var line) ? line.ToArray() : throw new ModelFormatException(path, 0, "a word and its numbers were expected, the file is empty");
            _hasHeader = TryHeader(first, out var rows, out var dimensions) && (!_lines.TryNext(out line) || FitsHeader(line, dimensions));
            if (_hasHeader)
            {
                _promised = rows;
                _isEndWanted = options.MaxRows >= rows;
                SetCount(rows);
            }

            Dimensions = _hasHeader ? dimensions : CountNumbers(first);
            if (Dimensions is < 1 or > MaxDimensions)
            {
                throw _lines.Error($"a word and 1 to {MaxDimensions} numbers were expected, found {Dimensions} numbers in {VectorText.Quote(first)}");
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
        for (; count * Dimensions < rows.Length && RowsRead + count < _promised; count++)
        {
            if (_lines.TryNext(out var line))
            {
                ReadRow(line, rows.Slice(count * Dimensions, Dimensions), labels);
            }
            else if (_hasHeader)
            {
                throw _lines.Error($"{_promised} words were expected by the header, the file ends after {RowsRead + count}");
            }
            else
            {
                break;
            }
        }

        if (RowsRead + count == _promised && _isEndWanted && _lines.TryNext(out _))
        {
            throw _lines.Error($"{_promised} words were expected by the header, found more");
        }

        return count;
    }

    private static bool TryHeader(ReadOnlySpan<byte> line, out long rows, out int dimensions)
    {
        var rest = line;
        (rows, dimensions) = (0, 0);
        return TryTakeLast(ref rest, out var second)
            && TryTakeLast(ref rest, out var first)
            && rest.Trim(" \t"u8).IsEmpty
            && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out rows)
            && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out dimensions)
            && rows > 0
            && dimensions is > 0 and <= MaxDimensions;
    }

    // "5 3" may be a word and its only number; then the next line looks the same, and not as a word with 3 numbers.
    private static bool FitsHeader(ReadOnlySpan<byte> secondLine, int dimensions)
    {
        var tokens = 0;
        while (TryTakeLast(ref secondLine, out _))
        {
            tokens++;
        }

        return tokens > 2 || tokens == dimensions + 1;
    }

    private static int CountNumbers(ReadOnlySpan<byte> line)
    {
        var count = 0;
        for (; TryTakeLast(ref line, out var token); count++)
        {
            if (!VectorText.TryParse(token, out _))
            {
                return count;
            }
        }

        // The first is the word, though it looks like a number.
        return count - 1;
    }

    /// <summary>Takes the last token off a line; false when there is none.</summary>
    private static bool TryTakeLast(ref ReadOnlySpan<byte> line, out ReadOnlySpan<byte> token)
    {
        line = line.TrimEnd(" \t"u8);
        token = line[(line.LastIndexOfAny((byte)' ', (byte)'\t') + 1)..];
        line = line[..^token.Length];
        return token.Length > 0;
    }

    private void ReadRow(ReadOnlySpan<byte> line, Span<float> row, ICollection<string>? labels)
    {
        var rest = line;
        for (var i = row.Length - 1; i >= 0; i--)
        {
            if (!TryTakeLast(ref rest, out var token) || rest.IsEmpty)
            {
                throw _lines.Error($"a word and {Dimensions} numbers were expected, found {VectorText.Quote(line)} with {row.Length - 1 - i} numbers behind its word");
            }

            if (!VectorText.TryParse(token, out var value))
            {
                throw _lines.Error($"number {i + 1} of {Dimensions} was expected, found {VectorText.Quote(token)}");
            }

            row[i] = float.IsFinite(value) ? value : throw _lines.Error($"number {i + 1} of {Dimensions}: {NotFinite(value)}");
        }

        var word = rest.TrimEnd(" \t"u8);
        if (word.LastIndexOfAny((byte)' ', (byte)'\t') is var space and >= 0 && VectorText.TryParse(word[(space + 1)..], out _))
        {
            throw _lines.Error($"a word and {Dimensions} numbers were expected, found more numbers behind {VectorText.Quote(word[..space])}");
        }

        labels?.Add(Encoding.UTF8.GetString(word));
    }
}
