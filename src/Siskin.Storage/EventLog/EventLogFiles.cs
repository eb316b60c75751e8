using Microsoft.Extensions.Logging;

namespace Siskin.Storage.EventLog;

/// <summary>The files of a log that is being opened for writing, checked and repaired.</summary>
/// <param name="Segments">In order; the last one is active.</param>
/// <param name="ActiveIds">Ids of the active segment.</param>
/// <param name="End">Position behind the last intact batch.</param>
internal sealed record EventLogFiles(List<EventSegment> Segments, EventIdSet ActiveIds, long End)
{
    /// <summary>Lists the segments, cuts off a torn tail, and loads or rebuilds the ids within the horizon.</summary>
    /// <exception cref="InvalidDataException">A segment is damaged other than by a torn tail.</exception>
    public static EventLogFiles Recover(string folder, long oldestAppendMs, ILogger logger)
    {
        foreach (var leftover in Directory.EnumerateFiles(folder, "*.ids.new"))
        {
            File.Delete(leftover);
        }

        var segments = EventSegment.List(folder);
        if (segments.Count == 0)
        {
            segments.Add(new(folder, 0));
            Create(segments[0]);
        }

        for (var i = 0; i < segments.Count - 1; i++)
        {
            CheckLength(segments[i], segments[i + 1].Start);
            LoadIds(segments[i], segments[i + 1].Start, oldestAppendMs, logger);
        }

        var active = segments[^1];
        if (new FileInfo(active.Path).Length < EventFrame.SegmentHeaderBytes)
        {
            // The process ended while it created the segment; nothing can be in it.
            Create(active);
        }

        var ids = new EventIdSet();
        var end = EventLogScan.FindEnd(active, Collect(active, ids), out var fileEnd);
        using (var file = new SegmentFile(active.Path, FileMode.Open))
        {
            if (fileEnd > end)
            {
                EventLogMessages.TornTail(logger, active.Path, active.OffsetOf(end), fileEnd - end);
                file.Truncate(active.OffsetOf(end));
            }

            // A process that was killed may have written batches without syncing them; from here on they are read.
            file.Flush();
        }

        active.Ids = ids;
        return new(segments, ids, end);
    }

    /// <summary>Creates or overwrites a segment's file with its header, durably.</summary>
    public static SegmentFile Create(EventSegment segment, Func<string, FileMode, SegmentFile> open)
    {
        var file = open(segment.Path, FileMode.Create);
        try
        {
            file.Write([EventFrame.SegmentHeader(segment.Start)], 0);
            file.Flush();
            DirectorySync.Flush(Path.GetDirectoryName(segment.Path)!);
            return file;
        }
        catch
        {
            file.Dispose();
            File.Delete(segment.Path);
            throw;
        }
    }

    private static void Create(EventSegment segment) =>
        Create(segment, static (path, mode) => new SegmentFile(path, mode)).Dispose();

    private static void CheckLength(EventSegment segment, long end)
    {
        var expected = segment.OffsetOf(end);
        var length = new FileInfo(segment.Path).Length;
        if (length != expected)
        {
            throw new InvalidDataException(
                $"'{segment.Path}' is damaged at offset {Math.Min(length, expected)}: it has {length} bytes and must have {expected}, because the next segment starts at {end}.");
        }
    }

    private static void LoadIds(EventSegment segment, long end, long oldestAppendMs, ILogger logger)
    {
        var index = EventIdSegmentIndex.TryOpen(segment.IdsPath, segment.Start);
        if (index is null)
        {
            var ids = new EventIdSet();
            EventLogScan.VisitSealed(segment, end, Collect(segment, ids));
            EventIdSegmentIndex.Write(segment.IdsPath, segment.Start, segment.NewestAppendMs, ids.ToSorted());
            index = EventIdSegmentIndex.TryOpen(segment.IdsPath, segment.Start)
                ?? throw new IOException($"'{segment.IdsPath}' cannot be read back.");
            EventLogMessages.IdsRebuilt(logger, segment.IdsPath, ids.Count);
        }

        segment.NewestAppendMs = index.NewestAppendMs;
        if (index.NewestAppendMs < oldestAppendMs)
        {
            index.Dispose();
        }
        else
        {
            segment.Ids = index;
        }
    }

    private static Action<EventFrameReader> Collect(EventSegment segment, EventIdSet ids) => reader =>
    {
        segment.NewestAppendMs = Math.Max(segment.NewestAppendMs, reader.Frame.AppendedMs);
        EventCodec.HashIds(reader.Payload, hash => ids.Add(hash));
    };
}
