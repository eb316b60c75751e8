using Microsoft.Win32.SafeHandles;

namespace Siskin.Vectors.Files;

/// <summary>Gives the lines of a text file as bytes, without making strings.</summary>
/// <remarks>Lines end with LF or CRLF; a byte-order mark is skipped; lines of nothing but white space are left out.</remarks>
internal sealed class Utf8Lines : IDisposable
{
    private const int FirstRoom = 1 << 18;
    private const int MaxLength = 64 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _length;
    private byte[] _buffer = new byte[FirstRoom];
    private long _position;
    private int _start;
    private int _end;

    public Utf8Lines(string path)
    {
        _path = path;
        _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        _length = RandomAccess.GetLength(_file);
    }

    /// <summary>Number of the present line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>How much of the file has been given, 0 to 1.</summary>
    public double Progress => _length == 0 ? 1 : Math.Min(1, (double)(_position - (_end - _start)) / _length);

    /// <summary>Moves to the next line that holds something.</summary>
    /// <param name="line">The line without its end and the spaces before that; valid until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="ModelFormatException">A line is too long to be one.</exception>
    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        while (TryNextRaw(out line))
        {
            Number++;

            // Spaces and tabs at the start are kept: what stands before them may be an empty column.
            line = line.TrimEnd(" \r"u8);
            if (line.ContainsAnyExcept(" \t"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes back to the start of the file.</summary>
    public void Restart()
    {
        (_position, _start, _end, Number) = (0, 0, 0, 0);
    }

    public void Dispose() => _file.Dispose();

    public ModelFormatException Error(string message) => new(_path, -1, $"line {Number}: {message}");

    private bool TryNextRaw(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var newline = rest[searched..].IndexOf((byte)'\n');
            if (newline >= 0)
            {
                line = rest[..(searched + newline)];
                _start += line.Length + 1;
                return true;
            }

            searched = rest.Length;
            if (!Fill())
            {
                line = rest;
                _start = _end;
                return line.Length > 0;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxLength)
            {
                Number++;
                throw Error($"a line of at most {MaxLength} bytes was expected, found more; the file is damaged or no text file");
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var read = RandomAccess.Read(_file, _buffer.AsSpan(_end), _position);
        var isFirst = _position == 0;
        _position += read;
        _end += read;
        if (isFirst && _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
        {
            _start = 3;
        }

        return read > 0;
    }
}
