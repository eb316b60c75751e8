using Siskin.Data.Events;

namespace Siskin.Tests.Server;

/// <summary>An event log in memory, just enough for the API's tests.</summary>
internal sealed class FakeEventLog : IEventLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Event> _events = new(StringComparer.Ordinal);

    /// <summary>Thrown by the next appends when set.</summary>
    public Exception? Fault { get; set; }

    public long End => Stored.Count;

    public IReadOnlyList<Event> Stored
    {
        get
        {
            lock (_lock)
            {
                return [.. _events.Values];
            }
        }
    }

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        lock (_lock)
        {
            var accepted = events.Count(e => _events.TryAdd(e.Id, e));
            return new(new AppendResult(accepted, events.Count - accepted, _events.Count));
        }
    }

    public IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}
