namespace Siskin.Vectors.Hnsw;

/// <summary>What a slot of the graph holds.</summary>
internal enum SlotState : byte
{
    /// <summary>Nothing yet, or nothing any more and no link leads to it.</summary>
    Free,

    /// <summary>A vector whose links are being made.</summary>
    Joining,

    /// <summary>A vector that can be found.</summary>
    Live,

    /// <summary>A vector that was removed; searches still walk through it.</summary>
    Removed,
}
