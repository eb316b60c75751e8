using Siskin.Data.Catalogue;

namespace Siskin.Serving.Snapshot;

/// <summary>One row of the item table as it was when it was looked up.</summary>
/// <param name="released">The release's items; where nothing has changed since, the row is read there.</param>
/// <param name="row">Its row.</param>
/// <param name="stored">What has replaced it since; null when nothing has.</param>
internal readonly struct ItemEntry(ReleasedItems released, int row, StoredItem? stored)
{
    /// <summary>The item itself; of a release's item the first call makes it.</summary>
    public Item Item => stored is null ? released.Item(row) : stored.Item;

    /// <summary>Numbers of its tags in the snapshot's tag table.</summary>
    public int[] Tags => stored is null ? released.Tags[row] : stored.Tags;

    /// <summary>When it was created, or first seen where that is unknown; milliseconds since 1970.</summary>
    public long CreatedMs => stored is null ? released.CreatedMs[row] : stored.CreatedMs;

    /// <summary>Whether it exists and is available.</summary>
    public bool IsServable => stored is null ? released.IsServable[row] : stored.IsServable;

    public bool HasTag(int tag) => Array.IndexOf(Tags, tag) >= 0;
}
