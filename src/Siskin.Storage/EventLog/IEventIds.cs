namespace Siskin.Storage.EventLog;

/// <summary>What knows the ids of one segment by their hashes.</summary>
internal interface IEventIds
{
    /// <summary>Whether an id with this hash stands in the segment.</summary>
    /// <exception cref="IOException">The index could not be read.</exception>
    bool Contains(UInt128 idHash);
}
