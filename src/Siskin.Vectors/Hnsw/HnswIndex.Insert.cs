using System.Runtime.ExceptionServices;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Hnsw;

/// <content>Building and adding.</content>
public sealed unsafe partial class HnswIndex
{
    /// <summary>The most dimensions a vector can have.</summary>
    public const int MaxDimensions = 1 << 16;

    private readonly Lock _entryLock = new();
    private bool _isFilling;

    /// <summary>Builds an index on several threads.</summary>
    /// <param name="rows">Row-major, n × d, finite; copied.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="progress">Told how many vectors are in, now and then; may be null.</param>
    /// <param name="ids">Length n, no two the same; empty takes the rows' numbers.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, the numbers are no whole number of rows, one is not finite, or the ids are not as many or one is negative.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static HnswIndex Build(
        ReadOnlyMemory<float> rows,
        int dimensions,
        VectorMetric metric,
        HnswOptions? options = null,
        IProgress<int>? progress = null,
        ReadOnlyMemory<int> ids = default,
        CancellationToken cancellationToken = default)
    {
        CheckDimensions(dimensions);
        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        options ??= new();
        var n = rows.Length / dimensions;
        if (!ids.IsEmpty && (ids.Length != n || ids.Span.IndexOfAnyExceptInRange(0, int.MaxValue) >= 0))
        {
            throw new ArgumentException($"{ids.Length} ids for {n} vectors, or one of them negative", nameof(ids));
        }

        var sample = metric == VectorMetric.Cosine && RowCodecs.Learns(options.Format) ? Normalized(rows, dimensions) : rows;
        var index = Create(sample, dimensions, metric, options);
        try
        {
            index.Fill(rows, n, ids, progress, cancellationToken);
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
        _saving.EnterReadLock();
        try
        {
            EnsureChecked();
            var slot = TakeSlot();
            try
            {
                Insert(slot, id, vector);
            }
            catch
            {
                // Links may lead there already.
                lock (_changeLock)
                {
                    SetState(slot, SlotState.Removed);
                    _removed++;
                }

                throw;
            }

            Publish(slot, id);
        }
        finally
        {
            _saving.ExitReadLock();
        }
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

    private void Fill(ReadOnlyMemory<float> rows, int n, ReadOnlyMemory<int> ids, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (n == 0)
        {
            return;
        }

        Reserve(n);
        _used = n;
        _isFilling = true;
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

        _isFilling = false;
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
            Insert(row, ids.IsEmpty ? row : ids.Span[row], vector);
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
        if (_graph.ReadEntry(out _) >= 0)
        {
            InsertBeside(slot, id, vector);
            return;
        }

        // One at a time as long as there is nobody to link to.
        lock (_entryLock)
        {
            InsertBeside(slot, id, vector);
        }
    }

    private void InsertBeside(int slot, int id, ReadOnlySpan<float> vector)
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
            if (Connect(scratch, slot, top))
            {
                RaiseEntry(slot, top);
            }
            else
            {
                // All that can be reached is removed: from now on searches begin here.
                lock (_entryLock)
                {
                    _graph.WriteEntry(slot, top);
                }
            }
        }
        finally
        {
            _pool.Return(scratch);
        }
    }

    // Own links of all layers are written before any other slot leads here, so that whoever comes can go on.
    // False when there are some to begin at, but none to link to.
    private bool Connect(SearchScratch scratch, int slot, int top)
    {
        var (entry, entryLevel) = (scratch.Entry, scratch.EntryLevel);
        if (entry < 0)
        {
            return true;
        }

        var highest = Math.Min(top, entryLevel);
        if (entryLevel > highest)
        {
            entry = _walker.Descend(scratch, entry, entryLevel, highest + 1);
        }

        // Others may change the slot's lists as soon as one of them is linked to it.
        var own = stackalloc int[(highest + 1) * _graph.M];
        var degrees = stackalloc int[highest + 1];
        var near = 0;
        for (var level = highest; level >= 0; level--)
        {
            scratch.ClearVisited();
            var list = new CandidateList(scratch.Keys, _options.EfConstruction);
            _walker.Search(scratch, ref list, entry, level);
            var nearest = list.Slot(0);
            var count = KeepLinkable(scratch.Keys, list.Count, slot);
            if (count == 0 && level == 0)
            {
                // Only removed ones are near: on through them to some that can be linked to.
                scratch.ClearVisited();
                list = new CandidateList(scratch.Keys, _options.EfConstruction);
                _walker.SearchAllowed(scratch, ref list, entry, new SlotFilter(_states, _ids, default), long.MaxValue);
                count = KeepLinkable(scratch.Keys, list.Count, slot);
            }

            entry = nearest;
            if (_codec.Format != VectorFormat.Float32)
            {
                _linker.Rescore(scratch, scratch.Whole, scratch.Keys, count);
            }

            var kept = _linker.Select(scratch, scratch.Keys, count, _graph.M);
            var links = _graph.Links(slot, level);
            (degrees[level], near) = (kept, count);
            for (var i = 0; i < kept; i++)
            {
                var other = (int)((uint)scratch.Keys[i] >> 1);
                own[(level * _graph.M) + i] = other;
                Volatile.Write(ref links[i], other);
            }
        }

        var linked = 0;
        for (var level = 0; level <= highest; level++)
        {
            for (var i = 0; i < degrees[level]; i++)
            {
                linked += _linker.Link(scratch, own[(level * _graph.M) + i], slot, level) && level == 0 ? 1 : 0;
            }
        }

        // They may have preferred others; then some of all that are near are made to lead here. While an index is built that
        // is left to its end, when fewer are in need of it.
        var forced = _isFilling || linked >= EnoughLinks ? EnoughLinks : 0;
        for (var i = 0; i < near && forced < EnoughLinks; i++)
        {
            forced += _linker.ForceLink((int)((uint)scratch.Keys[i] >> 1), slot, default) ? 1 : 0;
        }

        return degrees[0] > 0;
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
        if (_graph.ReadEntry(out var level) >= 0 && top <= level)
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
