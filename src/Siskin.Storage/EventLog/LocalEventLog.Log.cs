using Microsoft.Extensions.Logging;

namespace Siskin.Storage.EventLog;

/// <summary>Log messages of <see cref="LocalEventLog"/>.</summary>
internal static partial class EventLogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Event log '{Folder}' is open: {Segments} segments, end at {End}.")]
    public static partial void Opened(ILogger logger, string folder, int segments, long end);

    [LoggerMessage(2, LogLevel.Warning, "Event log '{Path}' had a torn tail, an append that was never acknowledged: cut off {Bytes} bytes at offset {Offset}.")]
    public static partial void TornTail(ILogger logger, string path, long offset, long bytes);

    [LoggerMessage(3, LogLevel.Warning, "'{Path}' was missing or damaged and has been rebuilt from its segment: {Count} ids.")]
    public static partial void IdsRebuilt(ILogger logger, string path, int count);

    [LoggerMessage(4, LogLevel.Warning, "'{Path}' could not be written; the ids stay in memory and will be written when the log is opened again.")]
    public static partial void IdsNotWritten(ILogger logger, Exception exception, string path);

    [LoggerMessage(5, LogLevel.Error, "A group of {Appends} appends to event log '{Folder}' failed; nothing of it is kept.")]
    public static partial void GroupFailed(ILogger logger, Exception exception, int appends, string folder);

    [LoggerMessage(6, LogLevel.Critical, "Event log '{Folder}' could not undo a failed write and refuses appends until it is opened again.")]
    public static partial void Refusing(ILogger logger, Exception exception, string folder);

    [LoggerMessage(7, LogLevel.Error, "Sink {Sink} failed on the batch at {Start}; the events stay stored.")]
    public static partial void SinkFailed(ILogger logger, Exception exception, string sink, long start);
}
