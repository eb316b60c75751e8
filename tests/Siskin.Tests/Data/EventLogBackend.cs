using Siskin.Data.Events;

namespace Siskin.Tests.Data;

/// <summary>One empty event log for one test, and the clock that it measures its horizon of 7 days by.</summary>
public abstract class EventLogBackend : IAsyncDisposable
{
    /// <summary>The log under test.</summary>
    public abstract IEventLog Log { get; }

    /// <summary>
    /// Closes the log and opens what it stored; <see cref="Log"/> is then a new instance, without sinks.
    /// Does nothing for a backend that ends with its instance.
    /// </summary>
    public virtual Task ReopenAsync() => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}
