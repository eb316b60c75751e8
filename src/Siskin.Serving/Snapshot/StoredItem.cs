using Siskin.Data.Catalogue;

namespace Siskin.Serving.Snapshot;

/// <summary>An item that was posted or changed since the release; replaced as a whole when it changes again.</summary>
internal sealed class StoredItem
{
    public required Item Item { get; init; }

    /// <summary>Numbers of its tags in the snapshot's tag table.</summary>
    public required int[] Tags { get; init; }

    /// <summary>When it was created, or first seen where that is unknown; milliseconds since 1970.</summary>
    public required long CreatedMs { get; init; }

    /// <summary>Whether it exists and is available.</summary>
    public required bool IsServable { get; init; }
}
