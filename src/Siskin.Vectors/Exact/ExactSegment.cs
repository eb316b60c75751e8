using System.Runtime.CompilerServices;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Exact;

/// <summary>A stretch of rows that never move: those that were wrapped, or a piece of those that were added.</summary>
/// <remarks>
/// One writer at a time; readers look only at rows that a published snapshot counts. A row is never written again: a
/// removed one notes the version that removed it, so that searches of earlier versions still see it.
/// </remarks>
internal sealed class ExactSegment
{
    private readonly Memory<float> _writable;
    private readonly int[]? _ids;
    private readonly float[] _inverseNorms;
    private readonly int _dimensions;
    private long[]? _removals;

    /// <summary>Wraps rows.</summary>
    /// <param name="rows">Row-major.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="withNorms">Whether to compute what cosine needs.</param>
    /// <param name="ids">One per row; null when the number of a row is its id.</param>
    public ExactSegment(ReadOnlyMemory<float> rows, int dimensions, bool withNorms, int[]? ids)
        : this(rows, dimensions, withNorms ? new float[rows.Length / dimensions] : [], ids)
    {
        for (var row = 0; row < _inverseNorms.Length; row++)
        {
            _inverseNorms[row] = InverseNorm(Row(row));
        }
    }

    /// <summary>Wraps rows whose norms are known.</summary>
    /// <param name="rows">Row-major.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="inverseNorms">For cosine one per row, else empty.</param>
    /// <param name="ids">One per row; null when the number of a row is its id.</param>
    public ExactSegment(ReadOnlyMemory<float> rows, int dimensions, float[] inverseNorms, int[]? ids)
    {
        Rows = rows;
        _dimensions = dimensions;
        Count = Capacity = rows.Length / dimensions;
        _inverseNorms = inverseNorms;
        _ids = ids;
    }

    /// <summary>Makes room for rows with ids of their own.</summary>
    public ExactSegment(int capacity, int dimensions, bool withNorms)
    {
        _dimensions = dimensions;
        Capacity = capacity;
        _ids = new int[capacity];
        _inverseNorms = withNorms ? new float[capacity] : [];

        // Pinned, so that the start can lie on a cache line: otherwise every load of 64 bytes touches two.
        var memory = GC.AllocateUninitializedArray<float>((capacity * dimensions) + 16, pinned: true);
        _writable = memory.AsMemory(Offset(memory), capacity * dimensions);
        Rows = _writable;
    }

    public ReadOnlyMemory<float> Rows { get; }

    public int Capacity { get; }

    /// <summary>Rows written; for the writer, and for readers once no more can be added.</summary>
    public int Count { get; private set; }

    /// <summary>Rows removed; for the writer.</summary>
    public int Removed { get; private set; }

    /// <summary>Whether the number of a row is its id.</summary>
    public bool IsDense => _ids is null;

    /// <summary>Whether any row was ever removed.</summary>
    public bool HasRemovals => Volatile.Read(ref _removals) is not null;

    public ReadOnlySpan<float> InverseNorms => _inverseNorms;

    /// <summary>Bytes besides the rows.</summary>
    public long StructureBytes => (4L * (_ids?.Length ?? 0)) + (4L * _inverseNorms.Length) + (8L * (Volatile.Read(ref _removals)?.Length ?? 0));

    public ReadOnlySpan<float> Row(int row) => Rows.Span.Slice(row * _dimensions, _dimensions);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Id(int row) => _ids is null ? row : _ids[row];

    /// <summary>Whether a search of some version may find the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAlive(int row, long version)
    {
        var removals = Volatile.Read(ref _removals);
        if (removals is null)
        {
            return true;
        }

        var removedBy = Volatile.Read(ref removals[row]);
        return removedBy == 0 || removedBy > version;
    }

    /// <summary>Writes the next row; searches see it when a snapshot that counts it is published.</summary>
    public int Append(int id, ReadOnlySpan<float> vector)
    {
        var row = Count;
        vector.CopyTo(_writable.Span[(row * _dimensions)..]);
        _ids![row] = id;
        if (_inverseNorms.Length > 0)
        {
            _inverseNorms[row] = InverseNorm(vector);
        }

        Count++;
        return row;
    }

    /// <summary>Hides a row from searches of this version and later ones.</summary>
    public void Remove(int row, long version)
    {
        if (_removals is null)
        {
            Volatile.Write(ref _removals, new long[Capacity]);
        }

        Volatile.Write(ref _removals![row], version);
        Removed++;
    }

    public static float InverseNorm(ReadOnlySpan<float> vector)
    {
        var norm = VectorMath.Norm(vector);
        return norm > 0 ? 1 / norm : 0;
    }

    private static unsafe int Offset(float[] pinned)
    {
        var address = (nint)Unsafe.AsPointer(ref pinned[0]);
        return (int)((-address & 63) / sizeof(float));
    }
}
