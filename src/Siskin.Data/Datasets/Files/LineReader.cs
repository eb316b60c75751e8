using System.Text;

namespace Siskin.Data.Datasets.Files;

/// <summary>Reads a text file line by line in bounded memory, whatever is in it.</summary>
/// <remarks>
/// Lines end with LF or CRLF; a byte-order mark is skipped. A line that is too long, holds a NUL or does not fit the
/// encoding is given with a <see cref="Problem"/> and no text. Not safe for concurrent use.
/// </remarks>
internal sealed class LineReader : IAsyncDisposable
{
    /// <summary>Longest line, in characters: room for a user with several hundred thousand items.</summary>
    public const int MaxLength = 4 << 20;

    private const char Replacement = '\uFFFD';

    private readonly DatasetReadContext _context;
    private readonly FileStream _stream;
    private readonly StreamReader _reader;
    private readonly char[] _buffer = new char[16 << 10];
    private readonly StringBuilder _carry = new();
    private long _position;
    private int _start;
    private int _end;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="context">Gets the bytes read.</param>
    /// <param name="encoding">Null for UTF-8.</param>
    /// <exception cref="DatasetFormatException">The file cannot be opened.</exception>
    public LineReader(string path, DatasetReadContext context, Encoding? encoding = null)
    {
        Path = path;
        _context = context;
        try
        {
            _stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, useAsync: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetFormatException(path, 0, $"a readable file was expected: {e.Message}", e);
        }

        _reader = new StreamReader(_stream, encoding ?? Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
    }

    public string Path { get; }

    /// <summary>Number of the present line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The present line without its end; empty when there is a problem.</summary>
    public string Text { get; private set; } = string.Empty;

    /// <summary>Why the present line cannot be used, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Moves to the next line.</summary>
    /// <returns>False at the end of the file.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _carry.Clear();
        var length = 0L;
        while (true)
        {
            if (_start == _end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _end = await _reader.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
                _start = 0;
                _context.Advance(_stream.Position - _position);
                _position = _stream.Position;
                if (_end == 0)
                {
                    if (length == 0)
                    {
                        return false;
                    }

                    Finish(length, default);
                    return true;
                }
            }

            var rest = _buffer.AsSpan(_start, _end - _start);
            var newline = rest.IndexOf('\n');
            var piece = newline < 0 ? rest : rest[..newline];
            _start += newline < 0 ? rest.Length : newline + 1;
            length += piece.Length;
            if (newline >= 0)
            {
                Finish(length, piece);
                return true;
            }

            // What is behind the limit is counted and dropped.
            if (length <= MaxLength)
            {
                _carry.Append(piece);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Finish(long length, ReadOnlySpan<char> last)
    {
        Number++;
        Text = string.Empty;
        if (length > MaxLength)
        {
            Problem = $"the line has {length:N0} characters; at most {MaxLength:N0} are allowed";
            return;
        }

        if (_carry.Length > 0)
        {
            Text = _carry.Append(last).ToString();
            if (Text.EndsWith('\r'))
            {
                Text = Text[..^1];
            }
        }
        else
        {
            Text = new string(last is [.., '\r'] ? last[..^1] : last);
        }

        Problem = Text.Contains('\0') ? "the line holds a NUL character, so the file is damaged or not a text file"
            : Text.Contains(Replacement) ? "the line holds bytes that are not valid in the file's encoding (UTF-8 is expected)"
            : null;
        if (Problem is not null)
        {
            Text = string.Empty;
        }
    }
}
