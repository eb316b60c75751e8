namespace Siskin.Vectors.Files;

/// <summary>Takes a line of separated columns apart.</summary>
/// <remarks>A column may stand in double quotes, and then hold separators, and quotes written twice; but no line ends.</remarks>
internal ref struct DelimitedFields
{
    private readonly byte _separator;
    private ReadOnlySpan<byte> _rest;
    private bool _isAtEnd;

    public DelimitedFields(ReadOnlySpan<byte> line, byte separator)
    {
        _rest = line;
        _separator = separator;
    }

    /// <summary>The present column without its quotes; quotes inside are still written twice.</summary>
    public ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>Whether a quote was opened and not closed before a separator or the end of the line.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Moves to the next column.</summary>
    public bool MoveNext()
    {
        if (_isAtEnd)
        {
            return false;
        }

        var start = 0;
        var length = _rest is [(byte)'"', ..] ? QuotedLength() : -1;
        if (length >= 0)
        {
            start = length + 2;
            Field = _rest.Slice(1, length);
        }

        var separator = _rest[start..].IndexOf(_separator);
        var end = separator < 0 ? _rest.Length : start + separator;
        if (length < 0)
        {
            Field = _rest[..end];
        }
        else
        {
            IsBroken |= end > start;
        }

        _isAtEnd = separator < 0;
        _rest = _isAtEnd ? [] : _rest[(end + 1)..];
        return true;
    }

    // Length of what stands between the quotes; −1 when they are not closed.
    private int QuotedLength()
    {
        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] != (byte)'"')
            {
                continue;
            }

            if (i + 1 < _rest.Length && _rest[i + 1] == (byte)'"')
            {
                i++;
                continue;
            }

            return i - 1;
        }

        IsBroken = true;
        return -1;
    }
}
