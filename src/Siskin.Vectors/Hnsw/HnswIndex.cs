using Siskin.Vectors.Kernels;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <summary>Approximate nearest neighbours by a hierarchical navigable small-world graph.</summary>
/// <remarks>
/// <para>
/// Malkov and Yashunin 2018. Every vector is linked to some near ones that lie in different directions; a search follows
/// links towards the query from a few long ones on the upper layers to many short ones on the lowest, and keeps the
/// EfSearch best candidates. About O(EfSearch · M) comparisons a search, growing with the logarithm of n.
/// </para>
/// <para>
/// The graph may be walked with compressed vectors (<see cref="HnswOptions.Format"/>); the best candidates are then
/// scored again with the whole ones. Searches, <see cref="Add"/> and <see cref="Remove"/> run beside each other from any
/// threads; searches take no lock, but for the first that filters by a bitmap. A removed vector is walked through but not found, until <see cref="Consolidate"/>
/// has mended the links around it; then another vector may take its slot.
/// </para>
/// <para>
/// Inner product: the graph is built and walked by inner product itself. The lift to distances (one more coordinate
/// √(φ² − ‖x‖²), φ the largest norm) gives the same order, but one very long vector squeezes all others into a small
/// cap, and a longer one that arrives later breaks it; walking by inner product has neither fault.
/// </para>
/// <para>Differs from the paper: ties break by slot; links are chosen by whole vectors where these are kept; vectors that
/// no link leads to after building are given one.</para>
/// </remarks>
public sealed unsafe partial class HnswIndex : IVectorIndex
{
    private readonly HnswOptions _options;
    private readonly RowCodec _codec;
    private readonly Float32Codec _wholeCodec;
    private readonly HnswGraph _graph;
    private readonly ChunkedRows _rows;
    private readonly ChunkedRows? _originals;
    private readonly ChunkedRows _ids = new(sizeof(int));
    private readonly ChunkedRows _states = new(1);
    private readonly HnswWalker _walker;
    private readonly HnswLinker _linker;
    private readonly ScratchPool _pool = new();
    private int _used;
    private int _live;

    private HnswIndex(RowCodec codec, HnswOptions options)
    {
        _options = options;
        _codec = codec;
        _wholeCodec = new(codec.Metric, codec.Dimensions);
        _graph = new(options.M, options.Seed);
        _rows = new(codec.RowBytes);
        _originals = codec.Format != VectorFormat.Float32 && options.KeepOriginals ? new(_wholeCodec.RowBytes) : null;
        _walker = HnswWalker.Create(_graph, _rows, codec);
        _linker = HnswLinker.Create(_graph, Whole, _rows, codec);
    }

    /// <inheritdoc/>
    public VectorMetric Metric => _codec.Metric;

    /// <inheritdoc/>
    public int Dimensions => _codec.Dimensions;

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _live);

    /// <summary>How it was built and is searched.</summary>
    public HnswOptions Options => _options;

    /// <inheritdoc/>
    public IndexMemory Memory
    {
        get
        {
            var slots = (long)Volatile.Read(ref _used);
            return new(
                slots * _rows.Stride,
                (slots * (_graph.Base.Stride + _graph.UpperStart.Stride + _ids.Stride + _states.Stride)) + ((long)_graph.UpperUsed * _graph.Upper.Stride) + (_slotOfId?.Bytes ?? 0),
                (slots * (_originals?.Stride ?? 0)) - _mappedOriginals,
                _mappedOriginals);
        }
    }

    // Whole vectors, where they are kept in memory.
    private ChunkedRows? Whole => _codec.Format == VectorFormat.Float32 ? _rows : _originals;

    /// <summary>Makes an empty index.</summary>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">How it is built; the format must be one that needs nothing learned.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the format needs vectors to learn from.</exception>
    public static HnswIndex Create(int dimensions, VectorMetric metric, HnswOptions? options = null) =>
        Create(ReadOnlyMemory<float>.Empty, dimensions, metric, options ?? new());

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_changeLock)
        {
            _isDisposed = true;
        }

        _upkeep?.Join();
        lock (_upkeepLock)
        {
            Free();
        }
    }

    private void Free()
    {
        _graph.Dispose();
        _rows.Dispose();
        _originals?.Dispose();
        _ids.Dispose();
        _states.Dispose();
        _pool.Dispose();
        _saving.Dispose();
        _file?.Dispose();
    }

    private static HnswIndex Create(ReadOnlyMemory<float> sample, int dimensions, VectorMetric metric, HnswOptions options)
    {
        CheckDimensions(dimensions);
        options.Check();
        return new(RowCodecs.Train(options.Format, metric, dimensions, sample.Span), options);
    }

    private static void CheckDimensions(int dimensions)
    {
        if (dimensions is < 1 or > MaxDimensions)
        {
            throw new ArgumentException($"{dimensions} dimensions; 1 to {MaxDimensions} are allowed", nameof(dimensions));
        }
    }

    private void CheckVector(ReadOnlySpan<float> vector, string what)
    {
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"the {what} has {vector.Length} dimensions, the index {Dimensions}", what);
        }

        var at = vector.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (at >= 0)
        {
            throw new ArgumentException($"number {at} of the {what} is {vector[at]}; only finite ones can be compared", what);
        }
    }

    // Working memory with the vector in it, whole and as a query; work counts as begun.
    private SearchScratch Begin(ReadOnlySpan<float> vector, int candidates)
    {
        var scratch = _pool.Rent();

        try
        {
            // Before room is reserved, so that there is room for whatever it leads to.
            scratch.Entry = _graph.ReadEntry(out var level);
            scratch.EntryLevel = level;
            ReserveFor(scratch, candidates);
            _wholeCodec.Encode(vector, new Span<byte>(scratch.Whole, _wholeCodec.RowBytes));
            var whole = new Span<float>(scratch.Whole, Dimensions);
            if (Metric == VectorMetric.Cosine)
            {
                Normalize(whole);
            }

            _codec.Prepare(whole, new Span<byte>(scratch.Query, _codec.QueryBytes));
            return scratch;
        }
        catch
        {
            _pool.Return(scratch);
            throw;
        }
    }

    private void ReserveFor(SearchScratch scratch, int candidates) =>
        scratch.Reserve(_graph.Base.Capacity, candidates, _codec.QueryBytes, _wholeCodec.RowBytes, _graph.M0, _linker.ScratchNumbers);

    private static void Normalize(Span<float> vector)
    {
        var norm = VectorMath.Norm(vector);
        if (float.IsPositiveInfinity(norm) || (norm > 0 && norm < 1e-18f))
        {
            // Squares left the range of float: bring the largest number to 1 first.
            var largest = 0f;
            foreach (var x in vector)
            {
                largest = Math.Max(largest, Math.Abs(x));
            }

            foreach (ref var x in vector)
            {
                x /= largest;
            }

            norm = VectorMath.Norm(vector);
        }

        if (norm > 0)
        {
            foreach (ref var x in vector)
            {
                x /= norm;
            }
        }
    }

    private int IdOf(int slot) => Volatile.Read(ref *(int*)_ids.Row(slot));

    private SlotState StateOf(int slot) => (SlotState)Volatile.Read(ref *_states.Row(slot));

    private void SetState(int slot, SlotState state) => Volatile.Write(ref *_states.Row(slot), (byte)state);
}
