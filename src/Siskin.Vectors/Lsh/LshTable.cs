namespace Siskin.Vectors.Lsh;

/// <summary>One table of a built part: which rows lie in which bucket, and beside each its sketch, all in flat arrays.</summary>
/// <remarks>
/// Positions count through the buckets one after the other; those of a bucket lie side by side, the row with the largest norm
/// first. In the first table positions are the rows themselves. Immutable.
/// </remarks>
internal sealed unsafe class LshTable
{
    private readonly BlockOf<int>? _rows;
    private readonly BlockOf<ulong>? _sketches;
    private readonly BlockOf<byte>? _signatures;
    private readonly BlockOf<int> _starts;

    // Open addressing over the keys, unless the keys are the numbers of the buckets.
    private readonly ulong[]? _keys;
    private readonly int[]? _slots;
    private readonly int _shift;

    /// <param name="buckets">Number of buckets.</param>
    /// <param name="starts">First position of each bucket, and behind them the number of rows.</param>
    /// <param name="keys">Key of each bucket; null when it is the bucket's number.</param>
    /// <param name="rows">Row at each position; null when they are the same.</param>
    /// <param name="sketches">Blocks of sketches by position, or null.</param>
    /// <param name="signatures">Signatures of integers by position, or null.</param>
    public LshTable(int buckets, BlockOf<int> starts, ulong[]? keys, BlockOf<int>? rows, BlockOf<ulong>? sketches, BlockOf<byte>? signatures)
    {
        Buckets = buckets;
        _starts = starts;
        _keys = keys;
        _rows = rows;
        _sketches = sketches;
        _signatures = signatures;
        if (keys is not null)
        {
            _slots = new int[Math.Max(4, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, keys.Length)) * 2)];
            _shift = 64 - System.Numerics.BitOperations.Log2((uint)_slots.Length);
            for (var bucket = 0; bucket < keys.Length; bucket++)
            {
                var slot = SlotOf(keys[bucket]);
                while (_slots[slot] != 0)
                {
                    slot = (slot + 1) & (_slots.Length - 1);
                }

                _slots[slot] = bucket + 1;
            }
        }
    }

    public int Buckets { get; }

    /// <summary>Whether a bucket's key is its number.</summary>
    public bool IsDirect => _keys is null;

    /// <summary>Key of each bucket; empty when it is the bucket's number.</summary>
    public ReadOnlySpan<ulong> Keys => _keys;

    public int* Starts => _starts.Pointer;

    /// <summary>Row at each position, or null when a position is a row.</summary>
    public int* Rows => _rows is null ? null : _rows.Pointer;

    /// <summary>Blocks of sketches, or null.</summary>
    public ulong* Sketches => _sketches is null ? null : _sketches.Pointer;

    /// <summary>Signatures of integers, or null.</summary>
    public byte* Signatures => _signatures is null ? null : _signatures.Pointer;

    public long SketchBytes => _sketches?.SizeBytes ?? 0;

    public long StructureBytes => _starts.SizeBytes + (_rows?.SizeBytes ?? 0) + (_signatures?.SizeBytes ?? 0) + ((_keys?.Length ?? 0) * 8L) + ((_slots?.Length ?? 0) * 4L);

    /// <summary>The bucket of a key; −1 when it is empty.</summary>
    public int Find(ulong key)
    {
        if (_keys is null)
        {
            return (int)key;
        }

        var slots = _slots!;
        for (var slot = SlotOf(key); slots[slot] != 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (_keys[slots[slot] - 1] == key)
            {
                return slots[slot] - 1;
            }
        }

        return -1;
    }

    // Signs are no hash of themselves: near buckets differ in few bits, perhaps only in high ones.
    private int SlotOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);
}
