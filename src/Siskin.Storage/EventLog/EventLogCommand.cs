using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>Something that waits for the writer of a log, in order with all else that waits.</summary>
internal abstract class EventLogCommand;

/// <summary>An append.</summary>
internal sealed class AppendCommand(EncodedBatch batch) : EventLogCommand
{
    private readonly int _given = batch.Events.Length;
    private readonly TaskCompletionSource<AppendResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is to be written: first all that the caller gave, then without duplicates; null when nothing is left.</summary>
    public EncodedBatch? Batch { get; set; } = batch;

    /// <summary>The result, once it is durable.</summary>
    public Task<AppendResult> Completion => _completion.Task;

    /// <summary>Ends the caller's wait.</summary>
    public void Complete(long end)
    {
        var accepted = Batch?.Events.Length ?? 0;
        _completion.SetResult(new(accepted, _given - accepted, end));
    }

    /// <summary>Ends the caller's wait with an error.</summary>
    public void Fail(Exception exception) => _completion.SetException(exception);
}

/// <summary>The wish of a sink to be told from now on.</summary>
internal sealed class AttachCommand(IEventSink sink) : EventLogCommand
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who is to be told.</summary>
    public IEventSink Sink { get; } = sink;

    /// <summary>The position from which on it is told.</summary>
    public Task<long> Completion => _completion.Task;

    /// <summary>Ends the caller's wait.</summary>
    public void Complete(long position) => _completion.SetResult(position);
}
