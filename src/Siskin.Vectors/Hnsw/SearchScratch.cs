using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Hnsw;

/// <summary>The working memory of one search or insertion, used again by the next.</summary>
internal sealed unsafe class SearchScratch : IDisposable
{
    private NativeBlock _visited = new(0);
    private NativeBlock _keys = new(0);
    private NativeBlock _query = new(0);
    private NativeBlock _whole = new(0);
    private NativeBlock _batch = new(0);
    private NativeBlock _vectors = new(0);

    /// <summary>When the work that uses it began, by the pool's clock; 0 while it rests.</summary>
    public long Since;

    /// <summary>One bit per slot, set once the slot was seen.</summary>
    public ulong* Visited => (ulong*)_visited.Pointer;

    /// <summary>Slots below this have a bit; others came later and are left alone.</summary>
    public int Slots { get; private set; }

    /// <summary>Room for the keys of a candidate list.</summary>
    public ulong* Keys => (ulong*)_keys.Pointer;

    /// <summary>Where the search enters, below <see cref="Slots"/>; −1 when nothing was in.</summary>
    public int Entry { get; set; }

    /// <summary>Top layer of the entry.</summary>
    public int EntryLevel { get; set; }

    /// <summary>The query, prepared for the rows that the graph is walked with.</summary>
    public byte* Query => _query.Pointer;

    /// <summary>The query as a row of whole numbers, of length 1 for cosine.</summary>
    public float* Whole => (float*)_whole.Pointer;

    /// <summary>Room for the rows to score next: addresses, then slots, then scores.</summary>
    public byte* Batch => _batch.Pointer;

    /// <summary>Room for whole vectors that are read back from compressed ones.</summary>
    public float* Vectors => (float*)_vectors.Pointer;

    /// <summary>Candidates that wait while a filter keeps them out of the results.</summary>
    public PriorityQueue<int, ulong> Frontier { get; } = new();

    /// <summary>Makes room; what was there is forgotten.</summary>
    /// <param name="slots">Slots that may be seen.</param>
    /// <param name="candidates">Keys of a candidate list.</param>
    /// <param name="queryBytes">Size of a prepared query.</param>
    /// <param name="wholeBytes">Size of a row of whole numbers.</param>
    /// <param name="links">Links of the longest list.</param>
    /// <param name="vectorNumbers">Numbers of the vectors read back.</param>
    public void Reserve(int slots, int candidates, int queryBytes, int wholeBytes, int links, long vectorNumbers)
    {
        Grow(ref _visited, ((long)slots + 63) / 64 * sizeof(ulong));
        Slots = slots;
        Grow(ref _keys, (candidates + 8L) * sizeof(ulong));
        Grow(ref _query, queryBytes);
        Grow(ref _whole, wholeBytes);
        Grow(ref _batch, (links + 4L) * (sizeof(byte*) + sizeof(int) + sizeof(float)));
        Grow(ref _vectors, vectorNumbers * sizeof(float));
    }

    /// <summary>Forgets which slots were seen.</summary>
    public void ClearVisited() => new Span<byte>(_visited.Pointer, (int)(((long)Slots + 63) / 64 * sizeof(ulong))).Clear();

    public void Dispose()
    {
        _visited.Dispose();
        _keys.Dispose();
        _query.Dispose();
        _whole.Dispose();
        _batch.Dispose();
        _vectors.Dispose();
    }

    private static void Grow(ref NativeBlock block, long bytes)
    {
        if (block.Length < bytes)
        {
            var larger = new NativeBlock(bytes + (bytes / 2));
            block.Dispose();
            block = larger;
        }
    }
}
