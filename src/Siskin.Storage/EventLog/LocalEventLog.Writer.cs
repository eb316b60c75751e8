using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>The writer: the one task that changes the files and calls the sinks.</summary>
public sealed partial class LocalEventLog
{
    private readonly List<EventLogCommand> _group = [];
    private readonly List<ReadOnlyMemory<byte>> _frames = [];
    private readonly List<UInt128> _addedIds = [];
    private readonly List<IEventSink> _sinks = [];

    // Sealed segments whose ids are still within the horizon, oldest first.
    private readonly List<EventSegment> _recent;
    private EventSegment _active;
    private EventIdSet _activeIds;
    private SegmentFile _file;
    private Task _sealing = Task.CompletedTask;
    private Exception? _refusal;
    private long _oldestAppendMs;

    private async Task WriteAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            TakeGroup();
            if (await TryWriteGroupAsync().ConfigureAwait(false))
            {
                Acknowledge();
            }

            foreach (var command in _group)
            {
                (command as AppendCommand)?.Batch?.Return();
            }

            _group.Clear();
        }
    }

    private void TakeGroup()
    {
        var bytes = 0L;
        while (bytes < _options.GroupBytes && _queue.Reader.TryRead(out var command))
        {
            _group.Add(command);
            bytes += (command as AppendCommand)?.Batch?.Length ?? 0;
        }
    }

    private async Task<bool> TryWriteGroupAsync()
    {
        var isDirty = false;
        try
        {
            if (_refusal is not null)
            {
                throw new IOException($"The event log '{_folder}' refuses appends until it is opened again, because an earlier failed write could not be undone.", _refusal);
            }

            ForgetOldIds();
            if (_end - _active.Start >= _options.SegmentBytes)
            {
                await RollAsync().ConfigureAwait(false);
            }

            EncodeGroup();
            if (_frames.Count > 0)
            {
                isDirty = true;
                _file.Write(_frames, _active.OffsetOf(_end));
                _file.Flush();
            }

            return true;
        }
        catch (Exception e)
        {
            FailGroup(e, isDirty);
            return false;
        }
        finally
        {
            _frames.Clear();
            _addedIds.Clear();
        }
    }

    /// <summary>Leaves out known events and completes the frames of the others.</summary>
    private void EncodeGroup()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var command in _group)
        {
            if (command is AppendCommand append)
            {
                LeaveOutKnown(append);
                if (append.Batch is not null)
                {
                    _frames.Add(append.Batch.Seal(_end, now));
                    _active.NewestAppendMs = Math.Max(_active.NewestAppendMs, now);
                }
            }
        }
    }

    private void LeaveOutKnown(AppendCommand append)
    {
        var batch = append.Batch!;
        List<Event>? kept = null;
        for (var i = 0; i < batch.Events.Length; i++)
        {
            if (IsInRecent(batch.IdHashes[i]) || !_activeIds.Add(batch.IdHashes[i]))
            {
                kept ??= [.. batch.Events.AsSpan(0, i)];
                continue;
            }

            _addedIds.Add(batch.IdHashes[i]);
            kept?.Add(batch.Events[i]);
        }

        if (kept is not null)
        {
            append.Batch = kept.Count == 0 ? null : EventCodec.Encode([.. kept]);
            batch.Return();
        }
    }

    private bool IsInRecent(UInt128 idHash)
    {
        // Newest first: a repeat mostly follows soon.
        for (var i = _recent.Count - 1; i >= 0; i--)
        {
            if (_recent[i].NewestAppendMs >= _oldestAppendMs && _recent[i].Ids!.Contains(idHash))
            {
                return true;
            }
        }

        return false;
    }

    private void Acknowledge()
    {
        var position = _end;
        foreach (var command in _group)
        {
            position += (command as AppendCommand)?.Batch?.Length ?? 0;
        }

        // The whole group is durable: sinks that read the log find every batch of it.
        var start = _end;
        Volatile.Write(ref _end, position);
        position = start;
        foreach (var command in _group)
        {
            if (command is AttachCommand attach)
            {
                Attach(attach, position);
            }
            else if (command is AppendCommand append)
            {
                if (append.Batch is { } batch)
                {
                    position += batch.Length;
                    Tell(new(position - batch.Length, position, batch.Events));
                }

                append.Complete(position);
            }
        }
    }

    private void Tell(EventBatch batch)
    {
        foreach (var sink in _sinks)
        {
            try
            {
                sink.OnAppended(batch);
            }
            catch (Exception e)
            {
                EventLogMessages.SinkFailed(_logger, e, sink.GetType().Name, batch.Start);
            }
        }
    }

    /// <summary>Takes back what a failed group has changed in memory and on disk, and ends the waits of its callers.</summary>
    private void FailGroup(Exception cause, bool isDirty)
    {
        foreach (var hash in _addedIds)
        {
            _activeIds.Remove(hash);
        }

        if (isDirty)
        {
            TryUndoWrite();
        }

        EventLogMessages.GroupFailed(_logger, cause, _group.Count, _folder);
        foreach (var command in _group)
        {
            if (command is AttachCommand attach)
            {
                // Nothing was written, so the sink is told from the old end on.
                Attach(attach, _end);
            }
            else if (command is AppendCommand append)
            {
                append.Fail(new IOException($"The event log '{_folder}' could not store the events: {cause.Message}", cause));
            }
        }
    }

    private void Attach(AttachCommand command, long position)
    {
        _sinks.Add(command.Sink);
        command.Complete(position);
    }

    private void TryUndoWrite()
    {
        try
        {
            _file.Truncate(_active.OffsetOf(_end));
            _file.Flush();
        }
        catch (Exception e)
        {
            _refusal = e;
            EventLogMessages.Refusing(_logger, e, _folder);
        }
    }

    private void ForgetOldIds()
    {
        _oldestAppendMs = OldestAppendMs();

        // A segment whose ids are on their way to disk is closed later; it is no longer asked all the same.
        while (_recent.Count > 0 && _sealing.IsCompleted && _recent[0].NewestAppendMs < _oldestAppendMs)
        {
            (_recent[0].Ids as IDisposable)?.Dispose();
            _recent[0].Ids = null;
            _recent.RemoveAt(0);
        }
    }

    private async Task RollAsync()
    {
        // One sealing at a time bounds the ids in memory to those of two segments.
        await _sealing.ConfigureAwait(false);
        var next = new EventSegment(_folder, _end) { Ids = new EventIdSet() };
        var file = EventLogFiles.Create(next, _openFile);
        _file.Dispose();
        _file = file;
        var full = _active;
        var fullIds = _activeIds;
        _active = next;
        _activeIds = (EventIdSet)next.Ids;
        _recent.Add(full);
        Volatile.Write(ref _segments, [.. _segments, next]);
        _sealing = Task.Run(() => Seal(full, fullIds));
    }

    /// <summary>Moves the ids of a full segment to disk, beside the writer, which goes on asking the set in memory.</summary>
    private void Seal(EventSegment segment, EventIdSet ids)
    {
        try
        {
            EventIdSegmentIndex.Write(segment.IdsPath, segment.Start, segment.NewestAppendMs, ids.ToSorted());
            segment.Ids = EventIdSegmentIndex.TryOpen(segment.IdsPath, segment.Start)
                ?? throw new IOException($"'{segment.IdsPath}' cannot be read back.");
        }
        catch (Exception e)
        {
            EventLogMessages.IdsNotWritten(_logger, e, segment.IdsPath);
        }
    }
}
