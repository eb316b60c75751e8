namespace Siskin.Data.Events;

/// <summary>A durable, append-only sequence of events.</summary>
/// <remarks>
/// Positions only grow; 0 is the beginning; they carry no meaning beyond order and equality. Safe for concurrent use.
/// Each backend passes <c>EventLogConformance</c>.
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>Position behind the last durable batch.</summary>
    long End { get; }

    /// <summary>
    /// Appends all events or none. When it returns they are stored as durably as the backend promises and
    /// every sink has been told. Events whose id is already known within the idempotence horizon are left out.
    /// </summary>
    /// <param name="events">Assumed to have passed <see cref="EventValidator"/>. Empty is allowed and changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait; the events may still be stored.</param>
    /// <exception cref="IOException">The medium failed or is full; nothing of this call will be read later.</exception>
    ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default);

    /// <summary>Batches from a position up to what is durable when the call is made, in order.</summary>
    /// <param name="start">0, or the <see cref="EventBatch.End"/> of a batch read before.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a position of this log.</exception>
    IAsyncEnumerable<EventBatch> ReadAsync(long start, CancellationToken cancellationToken = default);

    /// <summary>From now on tells a sink of every batch; in order with other sinks of the same log.</summary>
    /// <returns>The position from which on the sink is told: what lies before must be read.</returns>
    ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default);
}
