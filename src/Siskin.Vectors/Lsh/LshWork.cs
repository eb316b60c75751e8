namespace Siskin.Vectors.Lsh;

/// <summary>What searches did.</summary>
internal struct LshWork
{
    public long Queries;

    /// <summary>Buckets looked up.</summary>
    public long Probed;

    /// <summary>Rows whose sketch was compared.</summary>
    public long Scanned;

    /// <summary>Rows compared exactly.</summary>
    public long Compared;

    public void Add(long probed, long scanned, long compared)
    {
        Queries++;
        Probed += probed;
        Scanned += scanned;
        Compared += compared;
    }
}
