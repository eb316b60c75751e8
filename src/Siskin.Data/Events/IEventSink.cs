namespace Siskin.Data.Events;

/// <summary>Learns of events as they become durable.</summary>
public interface IEventSink
{
    /// <summary>
    /// Called once for each durable batch, in log order and never twice at the same time, before the append that
    /// brought the batch returns: whoever was answered can read what was written.
    /// </summary>
    /// <param name="batch">New events only; duplicates are gone. Its positions are those of the log.</param>
    /// <remarks>Runs on the log's own writer: must be quick. An exception is logged and the events stay stored.</remarks>
    void OnAppended(EventBatch batch);
}
