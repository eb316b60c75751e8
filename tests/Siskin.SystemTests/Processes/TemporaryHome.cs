using Siskin.Data.Events;
using Siskin.Storage.EventLog;

namespace Siskin.SystemTests.Processes;

/// <summary>A home that is gone at the end.</summary>
internal sealed class TemporaryHome : IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("siskin-system-").FullName;

    public string Events => Path.Combine(Directory, "events");

    public string Releases => Path.Combine(Directory, "releases");

    /// <summary>All batches of the event log, in its order.</summary>
    public async Task<List<EventBatch>> ReadEventsAsync()
    {
        var batches = new List<EventBatch>();
        await using var log = LocalEventLog.OpenReader(Events);
        await foreach (var batch in log.ReadAsync(0))
        {
            batches.Add(batch);
        }

        return batches;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
