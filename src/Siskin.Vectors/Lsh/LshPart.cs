using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Lsh;

/// <summary>Rows that were built together: vectors, ids and tables. Only <see cref="Kill"/> changes it.</summary>
internal sealed unsafe class LshPart
{
    private readonly BlockOf<float> _vectors;
    private readonly BlockOf<int> _ids;
    private readonly BlockOf<float> _norms;
    private readonly ulong[] _dead;
    private readonly IndexFile? _file;
    private readonly IndexSection? _section;

    public LshPart(LshModel model, BlockOf<float> vectors, BlockOf<int> ids, BlockOf<float> norms, LshTable[] tables)
        : this(model, vectors, ids, norms, tables, null, null, null, isMapped: false)
    {
    }

    // As a file holds it: bit i of dead is set for row i that was taken out, and only the section, which has the vectors, is not verified yet.
    public LshPart(LshModel model, BlockOf<float> vectors, BlockOf<int> ids, BlockOf<float> norms, LshTable[] tables, ulong[]? dead, IndexFile? file, IndexSection? section, bool isMapped)
    {
        Model = model;
        Count = (int)ids.Length;
        _vectors = vectors;
        _ids = ids;
        _norms = norms;
        _dead = dead ?? new ulong[(Count + 63) / 64];
        (_file, _section, IsMapped) = (file, section, isMapped);
        Tables = tables;
    }

    public LshModel Model { get; }

    /// <summary>Number of rows, dead ones too.</summary>
    public int Count { get; }

    public LshTable[] Tables { get; }

    /// <summary>Row-major, n × d; normalised when the metric is cosine.</summary>
    public float* Vectors => _vectors.Pointer;

    /// <summary>Id of each row.</summary>
    public int* Ids => _ids.Pointer;

    /// <summary>Norm of each row, seen from the centre.</summary>
    public float* Norms => _norms.Pointer;

    /// <summary>Where to verify vectors before they are read; null when nothing needs to be.</summary>
    public IndexSection? Unverified => _file is null || _file.AllVerified ? null : _section;

    /// <summary>Whether the vectors lie in a file and not in memory of their own.</summary>
    public bool IsMapped { get; }

    public long VectorBytes => _vectors.SizeBytes;

    public long StructureBytes => _ids.SizeBytes + _norms.SizeBytes + (_dead.Length * 8L) + Tables.Sum(table => table.StructureBytes);

    public long SketchBytes => Tables.Sum(table => table.SketchBytes);

    public bool IsDead(int row) => ((Volatile.Read(ref _dead[row >> 6]) >> (row & 63)) & 1) != 0;

    /// <summary>Takes a row out. One writer at a time.</summary>
    public void Kill(int row) => Volatile.Write(ref _dead[row >> 6], _dead[row >> 6] | (1ul << (row & 63)));

    /// <summary>Which rows were taken out. Not to be read while the writer goes on.</summary>
    public ReadOnlySpan<ulong> Dead => _dead;
}
