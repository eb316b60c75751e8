using Microsoft.Win32.SafeHandles;

namespace Siskin.Storage.EventLog;

/// <summary>Reads the frames of one segment in order through a large buffer. Not safe for concurrent use.</summary>
/// <remarks>Memory: 1 MiB or the largest frame, less for a short file. Reads block, mostly on the page cache.</remarks>
internal sealed class EventFrameReader : IDisposable
{
    private const int ReadAheadBytes = 1 << 20;

    private readonly EventSegment _segment;
    private readonly SafeFileHandle _file;
    private byte[] _buffer = [];
    private long _bufferOffset;
    private int _buffered;
    private int _payloadStart;

    /// <summary>Opens a segment and checks its header.</summary>
    /// <exception cref="InvalidDataException">Not the header of this segment.</exception>
    public EventFrameReader(EventSegment segment)
    {
        _segment = segment;
        _file = File.OpenHandle(segment.Path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        try
        {
            Span<byte> header = stackalloc byte[EventFrame.SegmentHeaderBytes];
            var read = RandomAccess.Read(_file, header, 0);
            EventFrame.CheckSegmentHeader(header[..read], segment.Start, segment.Path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        Position = segment.Start;
    }

    /// <summary>Where the next frame is read.</summary>
    public long Position { get; set; }

    /// <summary>The frame read last.</summary>
    public EventFrame Frame { get; private set; }

    /// <summary>Its payload; valid until the next call.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(_payloadStart, Frame.PayloadLength);

    /// <summary>Position behind the last byte of the file as it is now.</summary>
    public long FileEnd => RandomAccess.GetLength(_file) - _segment.OffsetOf(0);

    /// <summary>Reads the frame at <see cref="Position"/> and moves behind it.</summary>
    /// <param name="limit">Position that the frame must not pass.</param>
    /// <returns>False, without moving, when there is no intact frame.</returns>
    public bool TryRead(long limit)
    {
        if (!TryPeek(Position, limit, out var frame))
        {
            return false;
        }

        Frame = frame;
        Position += frame.TotalBytes;
        return true;
    }

    /// <summary>Whether a position can be reached from the segment's start by the lengths in the frames' headers.</summary>
    public bool IsBoundary(long position)
    {
        var at = _segment.Start;
        while (at < position && EventFrame.TryReadHeader(Peek(_segment.OffsetOf(at), EventFrame.HeaderBytes), out var frame))
        {
            at += frame.TotalBytes;
        }

        return at == position;
    }

    /// <summary>
    /// Whether behind a damaged place stands an intact frame of a group that was begun later, which proves that the
    /// place had been durable before.
    /// </summary>
    /// <param name="damaged">Position of the damaged frame.</param>
    /// <param name="limit">End of the search.</param>
    public bool IsFollowedByLaterGroup(long damaged, long limit)
    {
        var at = damaged + 1;
        while (limit - at >= EventFrame.HeaderBytes)
        {
            var bytes = PeekBuffered(_segment.OffsetOf(at), (int)Math.Min(int.MaxValue, limit - at));
            var found = bytes.IndexOf(EventFrame.Mark);
            if (found < 0)
            {
                at += Math.Max(1, bytes.Length - EventFrame.Mark.Length + 1);
                continue;
            }

            at += found;
            if (EventFrame.TryReadHeader(Peek(_segment.OffsetOf(at), EventFrame.HeaderBytes), out var frame)
                && frame.GroupStart > damaged && TryPeek(at, limit, out _))
            {
                return true;
            }

            at++;
        }

        return false;
    }

    /// <summary>Forgets what was read ahead, so that what was written meanwhile is seen.</summary>
    public void Refresh() => _buffered = 0;

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private bool TryPeek(long position, long limit, out EventFrame frame)
    {
        var offset = _segment.OffsetOf(position);
        if (limit - position < EventFrame.HeaderBytes
            || !EventFrame.TryReadHeader(Peek(offset, EventFrame.HeaderBytes), out frame)
            || frame.TotalBytes > limit - position
            || frame.GroupStart > position)
        {
            frame = default;
            return false;
        }

        var bytes = Peek(offset, frame.TotalBytes);
        _payloadStart = (int)(offset - _bufferOffset) + EventFrame.HeaderBytes;
        return bytes.Length == frame.TotalBytes && EventFrame.IsIntact(bytes);
    }

    /// <summary>Bytes of the file; fewer than asked for at its end.</summary>
    private ReadOnlySpan<byte> Peek(long offset, int count)
    {
        if (offset < _bufferOffset || offset + count > _bufferOffset + _buffered)
        {
            Fill(offset, count);
        }

        var start = (int)(offset - _bufferOffset);
        return _buffer.AsSpan(start, Math.Min(count, _buffered - start));
    }

    /// <summary>As many bytes as stand in the buffer, at least a header's unless the file ends.</summary>
    private ReadOnlySpan<byte> PeekBuffered(long offset, int most)
    {
        var atLeast = Peek(offset, EventFrame.HeaderBytes);
        return atLeast.Length < EventFrame.HeaderBytes
            ? atLeast
            : _buffer.AsSpan((int)(offset - _bufferOffset), Math.Min(most, (int)(_bufferOffset + _buffered - offset)));
    }

    private void Fill(long offset, int count)
    {
        var wanted = (int)Math.Max(count, Math.Min(ReadAheadBytes, RandomAccess.GetLength(_file) - offset));
        if (_buffer.Length < wanted)
        {
            _buffer = new byte[wanted];
        }

        _bufferOffset = offset;
        _buffered = 0;
        while (_buffered < _buffer.Length)
        {
            var read = RandomAccess.Read(_file, _buffer.AsSpan(_buffered), offset + _buffered);
            if (read == 0)
            {
                break;
            }

            _buffered += read;
        }
    }
}
