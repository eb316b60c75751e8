using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Scan;

/// <summary>The working memory of one search, used again by the next.</summary>
internal sealed unsafe class ScanScratch : IDisposable
{
    private NativeBlock _whole = new(0);
    private NativeBlock _query = new(0);
    private NativeBlock _coarse = new(0);
    private NativeBlock _keys = new(0);
    private int _reserved;

    /// <summary>The query as a whole row, of length 1 for cosine.</summary>
    public float* Whole => (float*)_whole.Pointer;

    /// <summary>The query, prepared for the lists' codec.</summary>
    public byte* Query => _query.Pointer;

    /// <summary>The query, prepared for ranking the centroids; then their scores.</summary>
    public byte* Coarse => _coarse.Pointer;

    /// <summary>Room for the candidates.</summary>
    public ulong* Keys => (ulong*)_keys.Pointer;

    /// <summary>Lists chosen, nearest first.</summary>
    public int[] Chosen { get; private set; } = [];

    /// <summary>Their scores.</summary>
    public float[] ChosenScores { get; private set; } = [];

    /// <summary>The lists as they were when scanned.</summary>
    public ScanList?[] Lists { get; private set; } = [];

    /// <summary>How many rows were scanned before each.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>Makes room for the forms of a query; what was there is forgotten.</summary>
    public void ReserveQuery(int wholeBytes, int queryBytes, int coarseBytes)
    {
        Grow(ref _whole, wholeBytes);
        Grow(ref _query, queryBytes);
        Grow(ref _coarse, coarseBytes);
    }

    /// <summary>Makes room for so many candidates; what was there is forgotten.</summary>
    public void ReserveCandidates(long candidates) => Grow(ref _keys, 2 * candidates * sizeof(ulong));

    /// <summary>Makes room for so many lists; what was there stays.</summary>
    public void ReserveLists(int count)
    {
        if (Chosen.Length < count)
        {
            var (lists, starts) = (Lists, Starts);
            Array.Resize(ref lists, count);
            Array.Resize(ref starts, count);
            (Lists, Starts) = (lists, starts);
            (Chosen, ChosenScores) = (new int[count], new float[count]);
        }

        _reserved = Math.Max(_reserved, count);
    }

    /// <summary>Lets the lists be freed.</summary>
    public void ForgetLists()
    {
        Lists.AsSpan(0, _reserved).Clear();
        _reserved = 0;
    }

    public void Dispose()
    {
        _whole.Dispose();
        _query.Dispose();
        _coarse.Dispose();
        _keys.Dispose();
    }

    private static void Grow(ref NativeBlock block, long bytes)
    {
        if (block.Length < bytes)
        {
            block.Dispose();
            block = new NativeBlock(bytes + (bytes / 2));
        }
    }
}
