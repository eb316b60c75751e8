using System.Runtime.CompilerServices;
using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>Reads batches across segments, and finds where a log ends.</summary>
internal static class EventLogScan
{
    /// <summary>Batches between two positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start is not the position of a batch.</exception>
    /// <exception cref="InvalidDataException">A frame before the end is damaged.</exception>
    public static async IAsyncEnumerable<EventBatch> ReadAsync(
        IReadOnlyList<EventSegment> segments,
        long start,
        long end,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var position = start;
        for (var i = 0; i < segments.Count && position < end; i++)
        {
            var segmentEnd = i + 1 < segments.Count ? Math.Min(segments[i + 1].Start, end) : end;
            if (position >= segmentEnd)
            {
                continue;
            }

            using var reader = new EventFrameReader(segments[i]) { Position = position };
            while (position < segmentEnd)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!reader.TryRead(segmentEnd))
                {
                    throw position == start && !reader.IsBoundary(start)
                        ? new ArgumentOutOfRangeException(nameof(start), start, "Not the position of a batch.")
                        : Damaged(segments[i], position);
                }

                yield return new(position, reader.Position, Decode(reader, segments[i], position));
                position = reader.Position;
            }
        }
    }

    /// <summary>Position behind the last intact frame of the last segment.</summary>
    /// <param name="segment">The last segment.</param>
    /// <param name="visit">Told of each frame; may be null.</param>
    /// <param name="fileEnd">Position behind the file's last byte; larger than the result when the tail is torn.</param>
    /// <exception cref="InvalidDataException">A damaged frame is not the tail: a later group follows it.</exception>
    public static long FindEnd(EventSegment segment, Action<EventFrameReader>? visit, out long fileEnd)
    {
        using var reader = new EventFrameReader(segment);
        while (true)
        {
            fileEnd = reader.FileEnd;
            while (reader.TryRead(fileEnd))
            {
                visit?.Invoke(reader);
            }

            if (!reader.IsFollowedByLaterGroup(reader.Position, fileEnd))
            {
                return reader.Position;
            }

            // A writer at work may have completed the frame between the two looks.
            reader.Refresh();
            if (!reader.TryRead(fileEnd))
            {
                throw Damaged(segment, reader.Position);
            }

            visit?.Invoke(reader);
        }
    }

    /// <summary>Visits every frame of a segment that is not the last.</summary>
    /// <exception cref="InvalidDataException">A frame is damaged.</exception>
    public static void VisitSealed(EventSegment segment, long end, Action<EventFrameReader> visit)
    {
        using var reader = new EventFrameReader(segment);
        while (reader.Position < end)
        {
            if (!reader.TryRead(end))
            {
                throw Damaged(segment, reader.Position);
            }

            visit(reader);
        }
    }

    /// <summary>The error for a damaged frame.</summary>
    public static InvalidDataException Damaged(EventSegment segment, long position, Exception? cause = null) =>
        new($"'{segment.Path}' is damaged at offset {segment.OffsetOf(position)}: the frame there does not match its checksum. "
            + "It is not a torn tail, so nothing was changed; restore the file from a copy.", cause);

    private static Event[] Decode(EventFrameReader reader, EventSegment segment, long position)
    {
        try
        {
            return EventCodec.Decode(reader.Payload);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(segment, position, e);
        }
    }
}
