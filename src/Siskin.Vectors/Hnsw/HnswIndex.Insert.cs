using System.Runtime.ExceptionServices;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <content>Building and adding.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>The most dimensions a vector can have.</summary>
    public const int MaxDimensions = 1 << 16;

    private readonly Lock _entryLock = new();

    /// <summary>Builds an index on several threads; the id of a vector is its row.</summary>
    /// <param name="rows">Row-major, n × d, finite; copied.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="progress">Told how many vectors are in, now and then; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, the numbers are no whole number of rows, or one is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static HnswIndex Build(
        ReadOnlyMemory<float> rows,
        int dimensions,
        VectorMetric metric,
        HnswOptions? options = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        CheckDimensions(dimensions);
        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        options ??= new();
        var n = rows.Length / dimensions;
        var sample = metric == VectorMetric.Cosine && RowCodecs.Learns(options.Format) ? Normalized(rows, dimensions) : rows;
        var index = Create(sample, dimensions, metric, options);
        try
        {
            index.Fill(rows, n, progress, cancellationToken);
            index.ConnectAll();
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Costs about one search with EfConstruction and the mending of some M lists; safe from many threads at once.</remarks>
    public void Add(int id, ReadOnlySpan<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        CheckVector(vector, nameof(vector));
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var slot = TakeSlot();
        Insert(slot, id, vector);
        Publish(slot, id);
    }

    private static float[] Normalized(ReadOnlyMemory<float> rows, int dimensions)
    {
        // The range of each dimension is learned from some of the vectors; what lies outside is clipped.
        const int Most = 200_000;
        var n = rows.Length / dimensions;
        var count = Math.Min(n, Most);
        var sample = new float[count * dimensions];
        for (var i = 0; i < count; i++)
        {
            var vector = sample.AsSpan(i * dimensions, dimensions);
            rows.Span.Slice((int)((long)i * n / count) * dimensions, dimensions).CopyTo(vector);
            Normalize(vector);
        }

        return sample;
    }

    private void Fill(ReadOnlyMemory<float> rows, int n, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (n == 0)
        {
            return;
        }

        Reserve(n);
        _used = n;
        InsertRow(0);
        var next = 0;
        ExceptionDispatchInfo? failure = null;
        var threads = new Thread[Math.Min(n, _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount)];
        for (var t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(Work) { IsBackground = true, Name = "siskin-hnsw-build" };
            threads[t].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();

        void Work()
        {
            try
            {
                for (int i; (i = Interlocked.Increment(ref next)) < n && failure is null && !cancellationToken.IsCancellationRequested;)
                {
                    InsertRow(i);
                    if ((i & 1023) == 0)
                    {
                        progress?.Report(i);
                    }
                }
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        void InsertRow(int row)
        {
            var vector = rows.Span.Slice(row * Dimensions, Dimensions);
            CheckVector(vector, $"vector of row {row}");
            _graph.Claim(row, _graph.LevelOf(row));
            Insert(row, row, vector);
            SetState(row, SlotState.Live);
            Interlocked.Increment(ref _live);
        }
    }

    private void Reserve(int slots)
    {
        _rows.Reserve(slots);
        _originals?.Reserve(slots);
        _ids.Reserve(slots);
        _states.Reserve(slots);
        _graph.Reserve(slots);
    }

    // Writes the vector into a slot that no link leads to, and links it. It can be walked through, but not be found yet.
    private void Insert(int slot, int id, ReadOnlySpan<float> vector)
    {
        var scratch = Begin(vector, _options.EfConstruction);
        try
        {
            var whole = new ReadOnlySpan<float>(scratch.Whole, Dimensions);
            _codec.Encode(whole, new Span<byte>(_rows.Row(slot), _codec.RowBytes));
            if (_originals is not null)
            {
                _wholeCodec.Encode(whole, new Span<byte>(_originals.Row(slot), _wholeCodec.RowBytes));
            }

            Volatile.Write(ref *(int*)_ids.Row(slot), id);
            SetState(slot, SlotState.Joining);
            var top = _graph.LevelOf(slot);
            Connect(scratch, slot, top);
            RaiseEntry(slot, top);
        }
        finally
        {
            _pool.Return(scratch);
        }
    }

    // Own links of all layers are written before any other slot leads here, so that whoever comes can go on.
    private void Connect(SearchScratch scratch, int slot, int top)
    {
        var entry = _graph.ReadEntry(out var entryLevel);
        if (entry < 0 || entry == slot)
        {
            return;
        }

        var highest = Math.Min(top, entryLevel);
        if (entryLevel > highest)
        {
            entry = _walker.Descend(scratch, entry, entryLevel, highest + 1);
        }

        // Others may change the slot's lists as soon as one of them is linked to it.
        var own = stackalloc int[(highest + 1) * _graph.M];
        var degrees = stackalloc int[highest + 1];
        for (var level = highest; level >= 0; level--)
        {
            scratch.ClearVisited();
            var list = new CandidateList(scratch.Keys, _options.EfConstruction);
            _walker.Search(scratch, ref list, entry, level);
            entry = list.Slot(0);
            var count = KeepLinkable(scratch.Keys, list.Count, slot);
            if (_codec.Format != VectorFormat.Float32)
            {
                _linker.Rescore(scratch, scratch.Whole, scratch.Keys, count);
            }

            var kept = _linker.Select(scratch, scratch.Keys, count, _graph.M);
            var links = _graph.Links(slot, level);
            degrees[level] = kept;
            for (var i = 0; i < kept; i++)
            {
                var other = (int)((uint)scratch.Keys[i] >> 1);
                own[(level * _graph.M) + i] = other;
                Volatile.Write(ref links[i], other);
            }
        }

        var isLinked = false;
        for (var level = 0; level <= highest; level++)
        {
            for (var i = 0; i < degrees[level]; i++)
            {
                isLinked |= _linker.Link(scratch, own[(level * _graph.M) + i], slot, level) && level == 0;
            }
        }

        // Each of them may have preferred others; then some one is made to lead here.
        for (var i = 0; i < degrees[0] && !isLinked; i++)
        {
            isLinked = _linker.ForceLink(own[i], slot);
        }
    }

    // Removed slots lead on, but nothing new leads to them: their links are being mended.
    private int KeepLinkable(ulong* keys, int count, int self)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var slot = (int)((uint)keys[i] >> 1);
            if (slot != self && StateOf(slot) is SlotState.Live or SlotState.Joining)
            {
                keys[kept++] = keys[i];
            }
        }

        return kept;
    }

    private void RaiseEntry(int slot, int top)
    {
        _graph.ReadEntry(out var level);
        if (top <= level && _graph.ReadEntry(out _) >= 0)
        {
            return;
        }

        lock (_entryLock)
        {
            if (_graph.ReadEntry(out level) < 0 || top > level)
            {
                _graph.WriteEntry(slot, top);
            }
        }
    }
}
