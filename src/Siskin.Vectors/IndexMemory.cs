namespace Siskin.Vectors;

/// <summary>What an index holds, in bytes.</summary>
/// <param name="Vectors">What a search compares against: whole vectors, or their compressed form.</param>
/// <param name="Structure">Links, buckets, ids and the like.</param>
/// <param name="Originals">Whole vectors held in memory beside compressed ones, to score the best again.</param>
/// <param name="MappedOriginals">The same, but left in the file: read when needed, given back by the system when memory is short.</param>
public readonly record struct IndexMemory(long Vectors, long Structure, long Originals = 0, long MappedOriginals = 0)
{
    /// <summary>All that is held in memory: everything but <see cref="MappedOriginals"/>.</summary>
    public long Total => Vectors + Structure + Originals;
}
