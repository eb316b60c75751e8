namespace Siskin.Vectors.Lsh;

/// <summary>Rows added since the part was built, a fixed number at most; the next ones go into <see cref="Next"/>.</summary>
/// <remarks>
/// One writer at a time. A row is written whole before <see cref="Count"/> shows it, so that searches need no lock. There are no
/// buckets: a search looks at the sketch of every row here.
/// </remarks>
internal sealed unsafe class LshDelta
{
    public const int Capacity = 2048;

    private readonly BlockOf<float> _vectors;
    private readonly BlockOf<float> _norms;
    private readonly BlockOf<ulong>? _sketches;
    private readonly int[] _ids = new int[Capacity];
    private readonly ulong[] _dead = new ulong[Capacity / 64];
    private int _count;
    private LshDelta? _next;

    public LshDelta(LshModel model, int serial)
    {
        Model = model;
        Serial = serial;
        _vectors = new BlockOf<float>((long)Capacity * model.Dimensions);
        _norms = new BlockOf<float>(Capacity);
        _sketches = model.HasBuckets && model.SketchWords > 0 ? new BlockOf<ulong>(HammingBlocks.Words(Capacity, model.SketchWords)) : null;
    }

    public LshModel Model { get; }

    /// <summary>How many there were before this one since the part was built.</summary>
    public int Serial { get; }

    /// <summary>Rows that searches may read, dead ones too.</summary>
    public int Count => Volatile.Read(ref _count);

    public LshDelta? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    public float* Vectors => _vectors.Pointer;

    public float* Norms => _norms.Pointer;

    public ulong* Sketches => _sketches is null ? null : _sketches.Pointer;

    public ReadOnlySpan<int> Ids => _ids;

    public long VectorBytes => _vectors.SizeBytes;

    public long StructureBytes => (_sketches?.SizeBytes ?? 0) + _norms.SizeBytes + (_ids.Length * 4L) + (_dead.Length * 8L);

    public bool IsDead(int row) => ((Volatile.Read(ref _dead[row >> 6]) >> (row & 63)) & 1) != 0;

    public void Kill(int row) => Volatile.Write(ref _dead[row >> 6], _dead[row >> 6] | (1ul << (row & 63)));

    /// <summary>Appends a row and shows it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="vector">d numbers, ready.</param>
    /// <returns>Its number here.</returns>
    public int Append(int id, ReadOnlySpan<float> vector)
    {
        var row = _count;
        var d = Model.Dimensions;
        var to = _vectors.Pointer + ((long)row * d);
        vector.CopyTo(new Span<float>(to, d));
        _ids[row] = id;
        var hashed = Model.HashedDimensions;
        var room = new float[hashed + Model.Values];
        fixed (float* centred = room)
        {
            _norms.Pointer[row] = Model.Centred(to, centred);
            if (_sketches is not null)
            {
                var words = stackalloc ulong[Model.SketchWords];
                Model.Sketch(centred, centred + hashed, words);
                HammingBlocks.Set(_sketches.Pointer, row, Model.SketchWords, words);
            }
        }

        Volatile.Write(ref _count, row + 1);
        return row;
    }
}
