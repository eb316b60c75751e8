using System.Runtime.CompilerServices;
using Siskin.Data.Events;

namespace Siskin.Cli.Homes;

/// <summary>A log as it is when it is opened, for a <c>LiveUpdater</c> that shall catch up once and not follow.</summary>
/// <param name="inner">Is read, never written.</param>
/// <param name="observe">Told of every event read.</param>
internal sealed class ObservedEventLog(IEventLog inner, Action<Event> observe) : IEventLog
{
    public long End { get; } = inner.End;

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The event log is open for reading only.");

    public async IAsyncEnumerable<EventBatch> ReadAsync(long start, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var batch in inner.ReadAsync(start, cancellationToken).ConfigureAwait(false))
        {
            if (batch.Start >= End)
            {
                yield break;
            }

            foreach (var e in batch.Events)
            {
                observe(e);
            }

            yield return batch;
        }
    }

    /// <summary>The sink is never told: nothing is appended by this process.</summary>
    public ValueTask<long> AttachAsync(IEventSink sink, CancellationToken cancellationToken = default) => ValueTask.FromResult(End);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
