namespace Siskin.Vectors.Lsh;

/// <summary>What one search works with; handed from search to search.</summary>
internal sealed unsafe class LshScratch
{
    public const int MostPending = 32;

    private readonly BlockOf<float> _floats;
    private readonly BlockOf<ulong> _words;
    private readonly BlockOf<int> _pending = new(MostPending);
    private ulong[] _seen = [];
    private int[] _touched = new int[256];
    private int _touchedCount;

    public LshScratch(LshModel model)
    {
        Model = model;
        var d = (model.HashedDimensions + 15) / 16 * 16;
        _floats = new BlockOf<float>((2 * d) + model.Values + model.Values);
        Query = _floats.Pointer;
        Centred = Query + d;
        Values = Centred + d;
        SketchValues = Values + model.Values;
        _words = new BlockOf<ulong>(model.SketchWords + (model.SignatureBytes / 8));
        Sketch = _words.Pointer;
        Signature = (byte*)(Sketch + model.SketchWords);
    }

    public LshModel Model { get; }

    public ProbeSequence Probes { get; } = new();

    /// <summary>The query, normalised for cosine.</summary>
    public float* Query { get; }

    /// <summary>The query as the functions see it.</summary>
    public float* Centred { get; }

    public float* Values { get; }

    public float* SketchValues { get; }

    public ulong* Sketch { get; }

    public byte* Signature { get; }

    public int* Pending => _pending.Pointer;

    /// <summary>Rows whose sketch or signature was compared, since last cleared.</summary>
    public long Scanned { get; set; }

    /// <summary>Rows compared exactly.</summary>
    public long Compared { get; set; }

    /// <summary>Buckets looked up.</summary>
    public long Probed { get; set; }

    /// <summary>Forgets which rows were seen, and makes room for so many.</summary>
    public void ClearSeen(int rows)
    {
        for (var i = 0; i < _touchedCount; i++)
        {
            _seen[_touched[i]] = 0;
        }

        _touchedCount = 0;
        if (_seen.Length < (rows + 63) / 64)
        {
            _seen = new ulong[(rows + 63) / 64];
        }
    }

    /// <summary>Marks a row.</summary>
    /// <returns>False when it was marked before.</returns>
    public bool See(int row)
    {
        ref var word = ref _seen[row >> 6];
        var bit = 1ul << (row & 63);
        if ((word & bit) != 0)
        {
            return false;
        }

        if (word == 0)
        {
            if (_touchedCount == _touched.Length)
            {
                Array.Resize(ref _touched, 2 * _touchedCount);
            }

            _touched[_touchedCount++] = row >> 6;
        }

        word |= bit;
        return true;
    }
}
