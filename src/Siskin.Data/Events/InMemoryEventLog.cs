using System.Runtime.CompilerServices;

namespace Siskin.Data.Events;

/// <summary>An event log that lives and ends with the process: for tests, evaluation and embedding.</summary>
/// <remarks>
/// A position is the number of events before it. One lock for all; sinks run inside it. Keeps every event in memory,
/// and the ids of the horizon.
/// </remarks>
public sealed class InMemoryEventLog : IEventLog
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _horizon;
    private readonly Action<IEventSink, Exception>? _sinkFailed;
    private readonly List<EventBatch> _batches = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset Appended, EventBatch Batch)> _recent = new();
    private readonly List<IEventSink> _sinks = [];
    private long _end;
    private bool _disposed;

    /// <summary>An empty log.</summary>
    /// <param name="time">Measures the horizon; the system's clock when null.</param>
    /// <param name="idempotenceHorizon">For how long an event's id is remembered; 7 days when null.</param>
    /// <param name="sinkFailed">Told of what a sink throws; it is otherwise ignored, and the events stay.</param>
    public InMemoryEventLog(
        TimeProvider? time = null,
        TimeSpan? idempotenceHorizon = null,
        Action<IEventSink, Exception>? sinkFailed = null)
    {
        _time = time ?? TimeProvider.System;
        _horizon = idempotenceHorizon ?? TimeSpan.FromDays(7);
        _sinkFailed = sinkFailed;
    }

    /// <inheritdoc/>
    public long End => Volatile.Read(ref _end);

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ForgetOldIds();
            var accepted = new List<Event>(events.Count);
            foreach (var e in events)
            {
                if (_ids.Add(e.Id))
                {
                    accepted.Add(e);
                }
            }

            if (accepted.Count > 0)
            {
                var batch = new EventBatch(_end, _end + accepted.Count, accepted);
                _batches.Add(batch);
                _recent.Enqueue((_time.GetUtcNow(), batch));
                Volatile.Write(ref _end, batch.End);
                Tell(batch);
            }

            return ValueTask.FromResult(new AppendResult(accepted.Count, events.Count - accepted.Count, _end));
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ReadAsync(IndexOf(start), _batches.Count, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _sinks.Add(sink);
            return ValueTask.FromResult(_end);
        }
    }

    /// <summary>Refuses further calls.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<EventBatch> ReadAsync(int first, int end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (var i = first; i < end; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            EventBatch batch;
            lock (_gate)
            {
                batch = _batches[i];
            }

            yield return batch;
        }
    }

    private int IndexOf(long start)
    {
        if (start == _end)
        {
            return _batches.Count;
        }

        var low = 0;
        var high = _batches.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var position = _batches[middle].Start;
            if (position == start)
            {
                return middle;
            }

            (low, high) = position < start ? (middle + 1, high) : (low, middle - 1);
        }

        throw new ArgumentOutOfRangeException(nameof(start), start, $"Not a position of this log, which ends at {_end}.");
    }

    private void ForgetOldIds()
    {
        var oldest = _time.GetUtcNow() - _horizon;
        while (_recent.TryPeek(out var first) && first.Appended < oldest)
        {
            foreach (var e in _recent.Dequeue().Batch.Events)
            {
                _ids.Remove(e.Id);
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
                _sinkFailed?.Invoke(sink, e);
            }
        }
    }
}
