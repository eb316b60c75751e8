using System.Numerics;

namespace Siskin.Vectors.Lsh;

/// <summary>Finds near vectors by locality-sensitive hashing: buckets of functions that near vectors agree in, then sketches of their signs, then exact comparison.</summary>
/// <remarks>
/// <para>
/// Rows lie in the order of the first table's buckets, each bucket with its sketches side by side, so that a probe reads memory in
/// order. What is added later lies beside, is searched by sketch, and is folded in by a background task when it has become much;
/// what is removed is marked. Searches take no lock and allocate nothing once warm; adds and removes wait for each other.
/// </para>
/// <para>
/// The vectors are seen from their mean, taken at building and at each folding in: embeddings often lie in a cone, where signs
/// through the origin hardly differ. An approximate index may miss near vectors, but never gives fewer than k while so many are allowed.
/// </para>
/// <para>
/// The inner product is no distance: a vector need not be nearest to itself. Rows of a bucket are therefore ordered by norm, and
/// each range of norms is compared with the angle that it would need (Yan et al. 2018). <see cref="LshOptions.Lift"/> makes it a
/// distance with one more dimension; its pitfalls: a few giant norms press all other vectors together there, so that their hash
/// values hardly differ; and a vector added later that is longer than all before is hashed as if it were as long as the longest,
/// which is put right when it is folded in. Measure both; <see cref="LshTuner"/> does.
/// </para>
/// <para>Cost per query: about d·(m·L + sketch bits) to hash, one look-up per probe, one comparison of sketches per row of the buckets, and d for each row compared exactly.</para>
/// </remarks>
public sealed partial class LshIndex : IVectorIndex
{
    private readonly LshOptions _options;
    private readonly LshScratch?[] _pool = new LshScratch?[16];
    private State? _state;

    /// <summary>Makes an empty index to add to. What it should learn from vectors, their centre above all, it learns whenever added ones are folded in.</summary>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">Settings; the default ones when null.</param>
    /// <exception cref="ArgumentException">A setting is not allowed; all such are named.</exception>
    public LshIndex(int dimensions, VectorMetric metric, LshOptions? options = null)
        : this(new BlockOf<float>(0), [], dimensions, metric, options, 0)
    {
    }

    private LshIndex(BlockOf<float> vectors, ReadOnlySpan<int> ids, int dimensions, VectorMetric metric, LshOptions? options, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        _options = options ?? new LshOptions();
        _options.Validate(metric);
        _threads = threads;
        Metric = metric;
        Dimensions = dimensions;
        var model = LshLearning.Learn(vectors, ids.Length, dimensions, metric, _options);
        var part = new LshPartBuilder(model, Threads).Build(vectors, ids);
        _last = new LshDelta(model, 0);
        _places = RowPlaces.For(ids);
        for (var row = 0; row < part.Count; row++)
        {
            unsafe
            {
                _places.Set(part.Ids[row], row);
            }
        }

        if (_places.Count != part.Count)
        {
            throw new ArgumentException("an id is given to more than one vector", nameof(ids));
        }

        _count = part.Count;
        Bound = MakeBound(model, _options.SketchDeviations);
        _state = new State(part, _last);
    }

    /// <inheritdoc/>
    public VectorMetric Metric { get; }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    /// <remarks>Vectors are the whole ones; sketches count as structure.</remarks>
    public IndexMemory Memory
    {
        get
        {
            var state = Current;
            var (vectors, structure) = (state.Part.VectorBytes, state.Part.StructureBytes + state.Part.SketchBytes + state.Part.Model.MemoryBytes);
            for (var delta = state.First; delta is not null; delta = delta.Next)
            {
                vectors += delta.VectorBytes;
                structure += delta.StructureBytes;
            }

            lock (_writing)
            {
                structure += _places.SizeBytes;
            }

            return state.Part.IsMapped ? new IndexMemory(vectors - state.Part.VectorBytes, structure, 0, state.Part.VectorBytes) : new IndexMemory(vectors, structure);
        }
    }

    /// <summary>The settings, with those that were left to the index as it chose them.</summary>
    public LshOptions Options => Current.Part.Model.Options;

    /// <summary>What sketches are measured by; the tuner sets others.</summary>
    internal SketchBound? Bound { get; private set; }

    private State Current => Volatile.Read(ref _state) ?? throw new ObjectDisposedException(nameof(LshIndex));

    /// <summary>Builds an index over vectors.</summary>
    /// <param name="rows">Row-major, n × d, finite; copied.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">Settings; the default ones when null.</param>
    /// <param name="ids">n different ids, 0 or more; empty numbers the rows from 0.</param>
    /// <param name="threads">Threads that build; 0 uses every processor. Does not change the result.</param>
    /// <exception cref="ArgumentException">A setting is not allowed, a number is not finite, an id is negative or given twice, or counts do not fit.</exception>
    /// <remarks>About n·d·(m·L + sketch bits) to hash and n·log n to sort, and memory for one copy more of the vectors meanwhile.</remarks>
    public static unsafe LshIndex Build(ReadOnlySpan<float> rows, int dimensions, VectorMetric metric, LshOptions? options = null, ReadOnlySpan<int> ids = default, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        var n = rows.Length / dimensions;
        if (!ids.IsEmpty && ids.Length != n)
        {
            throw new ArgumentException($"{ids.Length} ids for {n} rows", nameof(ids));
        }

        var numbers = new int[n];
        var vectors = new BlockOf<float>(rows.Length);
        for (var row = 0; row < n; row++)
        {
            numbers[row] = ids.IsEmpty ? row : ids[row];
            ArgumentOutOfRangeException.ThrowIfNegative(numbers[row], nameof(ids));
            Ready(rows.Slice(row * dimensions, dimensions), new Span<float>(vectors.Pointer + ((long)row * dimensions), dimensions), metric, nameof(rows));
        }

        return new LshIndex(vectors, numbers, dimensions, metric, options, threads);
    }

    /// <inheritdoc/>
    public int Search(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, SearchOptions options = default)
    {
        CheckVector(query, Dimensions, nameof(query));
        if (ids.Length != scores.Length)
        {
            throw new ArgumentException($"room for {ids.Length} ids and {scores.Length} scores; both must be k", nameof(ids));
        }

        for (var wait = default(SpinWait); ; wait.SpinOnce())
        {
            var replacements = Volatile.Read(ref _replacements);
            var state = Current;
            var scratch = Rent(state.Part.Model);
            var effort = options.Effort > 0 ? options.Effort : state.Part.Model.Options.Probes;
            var found = new LshSearch(scratch, Bound, query, ids, scores, options, isStrict: false).Run(state.Part, state.First, effort, AllowedShare(options.Allowed));
            GC.KeepAlive(state);
            Return(scratch);

            // A vector replaced meanwhile may have been found at its old and its new place.
            Interlocked.MemoryBarrier();
            if ((replacements == Volatile.Read(ref _replacements) && replacements % 2 == 0) || !HasTwice(ids[..found]))
            {
                return found;
            }
        }
    }

    /// <summary>Frees what the index holds, and closes its file when it was opened from one. Only after the last search; using the index afterwards is an error.</summary>
    public void Dispose()
    {
        Task? folding;
        lock (_writing)
        {
            Volatile.Write(ref _state, null);
            folding = _folding;
        }

        // It reads the file.
        folding?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _file?.Dispose();
    }

    /// <summary>Measures sketches more or less strictly from now on; for the tuner, while nothing else uses the index.</summary>
    internal void SetSketchDeviations(double deviations) => Bound = MakeBound(Current.Part.Model, deviations);

    /// <summary>Searches by the setting alone, without going on when it finds fewer than k, and reports the work done; for the tuner.</summary>
    internal void SearchCounting(ReadOnlySpan<float> query, Span<int> ids, Span<float> scores, int effort, ref LshWork work)
    {
        var state = Current;
        var scratch = Rent(state.Part.Model);
        (scratch.Scanned, scratch.Compared, scratch.Probed) = (0, 0, 0);
        _ = new LshSearch(scratch, Bound, query, ids, scores, default, isStrict: true).Run(state.Part, state.First, effort, 1);
        work.Add(scratch.Probed, scratch.Scanned, scratch.Compared);
        GC.KeepAlive(state);
        Return(scratch);
    }

    private static SketchBound? MakeBound(LshModel model, double deviations) =>
        model.HasBuckets && model.SketchWords > 0 ? new SketchBound(model.Options.SketchBits, deviations) : null;

    private static bool HasTwice(ReadOnlySpan<int> ids)
    {
        for (var i = 1; i < ids.Length; i++)
        {
            if (ids[..i].Contains(ids[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static void CheckVector(ReadOnlySpan<float> vector, int dimensions, string name)
    {
        if (vector.Length != dimensions)
        {
            throw new ArgumentException($"the vector has {vector.Length} dimensions, the index {dimensions}", name);
        }

        foreach (var value in vector)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"the vector holds {value}; only finite numbers are allowed", name);
            }
        }
    }

    private static void Ready(ReadOnlySpan<float> vector, Span<float> result, VectorMetric metric, string name)
    {
        CheckVector(vector, result.Length, name);
        vector.CopyTo(result);
        if (metric == VectorMetric.Cosine)
        {
            VectorNorms.Normalise(result);
        }
    }

    private double AllowedShare(ReadOnlySpan<ulong> allowed)
    {
        if (allowed.IsEmpty)
        {
            return 1;
        }

        var bits = 0L;
        foreach (var word in allowed)
        {
            bits += BitOperations.PopCount(word);
        }

        return Math.Min(1, (double)bits / Math.Max(1, Count));
    }

    private LshScratch Rent(LshModel model)
    {
        for (var i = 0; i < _pool.Length; i++)
        {
            if (Interlocked.Exchange(ref _pool[i], null) is { } scratch && scratch.Model == model)
            {
                return scratch;
            }
        }

        return new LshScratch(model);
    }

    private void Return(LshScratch scratch)
    {
        for (var i = 0; i < _pool.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _pool[i], scratch, null) is null)
            {
                return;
            }
        }
    }

    /// <summary>What a search sees: swapped at once.</summary>
    private sealed record State(LshPart Part, LshDelta First);
}
