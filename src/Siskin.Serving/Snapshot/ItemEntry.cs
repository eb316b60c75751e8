using Siskin.Data.Catalogue;

namespace Siskin.Serving.Snapshot;

/// <summary>One row of the item table; replaced as a whole when the item changes.</summary>
internal sealed class ItemEntry
{
    public required Item Item { get; init; }

    /// <summary>Numbers of its tags in the snapshot's tag table.</summary>
    public required int[] Tags { get; init; }

    /// <summary>When it was created, or first seen where that is unknown; milliseconds since 1970.</summary>
    public required long CreatedMs { get; init; }

    /// <summary>Whether it exists and is available.</summary>
    public required bool IsServable { get; init; }

    public bool HasTag(int tag) => Array.IndexOf(Tags, tag) >= 0;
}
