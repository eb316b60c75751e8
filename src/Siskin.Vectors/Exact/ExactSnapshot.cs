namespace Siskin.Vectors.Exact;

/// <summary>What a search sees from its start to its end.</summary>
/// <param name="Version">Rows removed by this version or an earlier one are hidden.</param>
/// <param name="Segments">All of them full but the last.</param>
/// <param name="LastCount">Rows of the last segment.</param>
/// <param name="Alive">Rows that can be found.</param>
internal sealed record ExactSnapshot(long Version, ExactSegment[] Segments, int LastCount, int Alive)
{
    /// <summary>Rows of a segment that this snapshot knows of.</summary>
    public int CountOf(int segment) => segment == Segments.Length - 1 ? LastCount : Segments[segment].Count;
}
