namespace Siskin.Serving.Snapshot;

/// <summary>Holds the snapshot that new requests are answered from.</summary>
public sealed class SnapshotHolder
{
    private ServingSnapshot _current;

    /// <summary>Starts with a snapshot.</summary>
    public SnapshotHolder(ServingSnapshot first) => _current = first;

    /// <summary>The snapshot in force; requests read it once.</summary>
    public ServingSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Replaces it; requests under way keep the one they have.</summary>
    /// <returns>The one before.</returns>
    public ServingSnapshot Swap(ServingSnapshot next) => Interlocked.Exchange(ref _current, next);
}
