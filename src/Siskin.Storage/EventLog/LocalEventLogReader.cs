using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>Reads a local event log without owning it, beside the process that writes it.</summary>
/// <remarks>
/// Sees whole batches only, up to the last intact one in the files: that can be a moment ahead of what the writer has
/// synced. Opening and each <see cref="ReadAsync"/> scan the last segment to find its end. Safe for concurrent use. Made by <see cref="LocalEventLog.OpenReader"/>.
/// </remarks>
public sealed class LocalEventLogReader : IEventLog
{
    private readonly string _folder;
    private long _end;

    internal LocalEventLogReader(string folder)
    {
        _folder = Directory.Exists(folder)
            ? folder
            : throw new DirectoryNotFoundException($"There is no event log at '{folder}'.");
        Look();
    }

    /// <summary>Position behind the last intact batch, as of opening or of the newest <see cref="ReadAsync"/>.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Not possible: opened for reading only.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The event log is open for reading only.");

    /// <summary>Batches from a position up to the last intact one in the files when the call is made.</summary>
    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A frame is damaged; file and offset are named.</exception>
    public IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default)
    {
        var (segments, end) = Look();
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, end);
        return EventLogScan.ReadAsync(segments, start, end, cancellationToken);
    }

    /// <summary>Not possible: opened for reading only.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The event log is open for reading only.");

    /// <summary>Holds nothing open.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (List<EventSegment> Segments, long End) Look()
    {
        var segments = EventSegment.List(_folder);

        // A segment without its whole header has just been created and holds nothing yet.
        if (segments.Count > 0 && new FileInfo(segments[^1].Path).Length < EventFrame.SegmentHeaderBytes)
        {
            segments.RemoveAt(segments.Count - 1);
        }

        var end = segments.Count == 0 ? 0 : EventLogScan.FindEnd(segments[^1], null, out _);
        Volatile.Write(ref _end, end);
        return (segments, end);
    }
}
