using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>A durable event log in a folder of this machine.</summary>
/// <remarks>
/// Appends that wait at the same time are written and synced together; an acknowledged append survives power loss.
/// One process writes at a time and holds a lock; others read by <see cref="OpenReader"/>. Within the idempotence
/// horizon an event id is stored once; it is known by a 128-bit hash, so that two different ids are taken for one with a
/// probability of about n²/2¹²⁹ for n ids.
/// Memory: the ids of the active segment (24 to 48 bytes each), about 12 bits for every other id within the horizon,
/// and the appends that wait. Safe for concurrent use.
/// </remarks>
public sealed partial class LocalEventLog : IEventLog
{
    private readonly string _folder;
    private readonly EventLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<string, FileMode, SegmentFile> _openFile;
    private readonly FileStream _lock;
    private readonly Channel<EventLogCommand> _queue;
    private readonly Task _writer;
    private EventSegment[] _segments;
    private long _end;
    private int _disposed;

    private LocalEventLog(
        string folder,
        EventLogOptions options,
        TimeProvider time,
        ILogger logger,
        Func<string, FileMode, SegmentFile> openFile,
        FileStream lockFile)
    {
        _folder = folder;
        _options = options;
        _time = time;
        _logger = logger;
        _openFile = openFile;
        _lock = lockFile;

        var files = EventLogFiles.Recover(folder, OldestAppendMs(), logger);
        _segments = [.. files.Segments];
        _end = files.End;
        _active = files.Segments[^1];
        _activeIds = files.ActiveIds;
        _recent = [.. files.Segments.SkipLast(1).Where(segment => segment.Ids is not null)];
        _file = openFile(_active.Path, FileMode.Open);
        _queue = Channel.CreateBounded<EventLogCommand>(new BoundedChannelOptions(options.QueuedAppends) { SingleReader = true });
        EventLogMessages.Opened(logger, folder, _segments.Length, _end);
        _writer = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public long End => Volatile.Read(ref _end);

    /// <summary>Opens a log for reading and appending; creates the folder when it is missing.</summary>
    /// <param name="folder">Holds the log and nothing else.</param>
    /// <param name="options">Defaults when null.</param>
    /// <param name="time">Measures the horizon; the system's clock when null.</param>
    /// <param name="logger">Told of repairs and failures.</param>
    /// <exception cref="ArgumentException">An option is out of its range; all such are named.</exception>
    /// <exception cref="IOException">Another process has the log open, or the medium failed.</exception>
    /// <exception cref="InvalidDataException">A file is damaged other than by a torn tail; file and offset are named.</exception>
    /// <remarks>
    /// Blocks. Reads the active segment and the ids within the horizon. A damaged end of the active segment is cut off
    /// as torn unless a later group of appends stands behind it. Damage in sealed segments is found when they are read.
    /// </remarks>
    public static LocalEventLog Open(string folder, EventLogOptions? options = null, TimeProvider? time = null, ILogger<LocalEventLog>? logger = null) =>
        Open(folder, options, time, logger, static (path, mode) => new SegmentFile(path, mode));

    /// <summary>Opens a log for reading beside the process that writes it.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; file and offset are named.</exception>
    public static LocalEventLogReader OpenReader(string folder) => new(folder);

    /// <inheritdoc/>
    /// <remarks>Encodes on the caller's thread. The events of one call may take up to 64 MiB encoded.</remarks>
    /// <exception cref="ArgumentException">The events are too large for one call, or a string is not valid Unicode.</exception>
    public async ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (events.Count == 0)
        {
            return new(0, 0, End);
        }

        // A copy: the caller may change its list once its wait has ended.
        var batch = EventCodec.Encode([.. events]);
        var command = new AppendCommand(batch);
        try
        {
            await EnqueueAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            batch.Return();
            throw;
        }

        return await command.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A frame is damaged; file and offset are named.</exception>
    public IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);

        // First the end, then the segments: a segment is published before the end moves into it.
        var end = End;
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, end);
        return EventLogScan.ReadAsync(Volatile.Read(ref _segments), start, end, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var command = new AttachCommand(sink);
        await EnqueueAsync(command, cancellationToken).ConfigureAwait(false);
        return await command.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what waits, then closes the files and gives up the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _queue.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
        await _sealing.ConfigureAwait(false);
        if (_refusal is not null)
        {
            // The last chance to keep a failed append from being read by whoever opens the log next.
            TryUndoWrite();
        }

        _file.Dispose();
        foreach (var segment in _recent)
        {
            (segment.Ids as IDisposable)?.Dispose();
        }

        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Opens a log whose files a test supplies.</summary>
    internal static LocalEventLog Open(
        string folder,
        EventLogOptions? options,
        TimeProvider? time,
        ILogger<LocalEventLog>? logger,
        Func<string, FileMode, SegmentFile> openFile)
    {
        options ??= new();
        options.Validate();
        folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DirectorySync.Flush(Path.GetDirectoryName(folder)!);
        }

        var lockFile = Lock(folder);
        try
        {
            return new(folder, options, time ?? TimeProvider.System, logger ?? NullLogger<LocalEventLog>.Instance, openFile, lockFile);
        }
        catch
        {
            lockFile.Dispose();
            throw;
        }
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            throw new IOException($"The event log '{folder}' is in use by another process; only one may write to it. Others may open it for reading.", e);
        }
    }

    // EWOULDBLOCK of Linux and of macOS; ERROR_SHARING_VIOLATION of Windows.
    private static bool IsSharingViolation(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private async ValueTask EnqueueAsync(EventLogCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(GetType().FullName);
        }
    }

    private long OldestAppendMs() => (_time.GetUtcNow() - _options.IdempotenceHorizon).ToUnixTimeMilliseconds();
}
