namespace Siskin.Models.Retrieval.Propagation;

/// <summary>The interactions of a step in two orders: by user, and by item.</summary>
internal sealed class SoftmaxBatch
{
    private readonly long[] _pairs;
    private readonly long[] _byItem;

    public SoftmaxBatch(int capacity)
    {
        _pairs = new long[capacity];
        _byItem = new long[capacity];
        UserStarts = new int[capacity + 1];
        ItemStarts = new int[capacity + 1];
        Slopes = new float[capacity];
    }

    public int Count { get; private set; }

    /// <summary>Distinct users.</summary>
    public int UserCount { get; private set; }

    /// <summary>Distinct items.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Where each user's pairs start; one more than users.</summary>
    public int[] UserStarts { get; }

    /// <summary>Where each item's pairs start in the items' order; one more than items.</summary>
    public int[] ItemStarts { get; }

    /// <summary>The slope of the loss by each pair's score, in the users' order.</summary>
    public float[] Slopes { get; }

    public int User(int pair) => (int)(_pairs[pair] >> 32);

    public int Item(int pair) => (int)_pairs[pair];

    /// <summary>The pair at a place in the items' order.</summary>
    public int PairByItem(int at) => (int)_byItem[at];

    public void Fill(ReadOnlySpan<(int User, int Item)> pairs)
    {
        Count = pairs.Length;
        for (var i = 0; i < pairs.Length; i++)
        {
            _pairs[i] = ((long)pairs[i].User << 32) | (uint)pairs[i].Item;
        }

        Array.Sort(_pairs, 0, Count);
        for (var i = 0; i < Count; i++)
        {
            _byItem[i] = (_pairs[i] << 32) | (uint)i;
        }

        Array.Sort(_byItem, 0, Count);
        UserCount = Starts(_pairs, UserStarts);
        ItemCount = Starts(_byItem, ItemStarts);
    }

    private int Starts(long[] sorted, int[] starts)
    {
        var groups = 0;
        for (var i = 0; i < Count; i++)
        {
            if (i == 0 || sorted[i] >> 32 != sorted[i - 1] >> 32)
            {
                starts[groups++] = i;
            }
        }

        starts[groups] = Count;
        return groups;
    }
}
