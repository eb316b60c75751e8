namespace Siskin.Vectors.Lsh;

/// <content>Adds, removes and folding in. One writer at a time; searches go on meanwhile.</content>
/// <remarks>
/// A replacing vector is shown before the replaced one is marked, and searches look at old places before new ones: a search
/// finds the one, the other, or both (and then searches again), but never neither. After folding in, searches that began before
/// keep the old state, which nobody changes any more.
/// </remarks>
public sealed partial class LshIndex
{
    // A part is built anew when this share of it was added or removed since, but not for less than so many rows.
    private const int FoldShare = 16;
    private const int FoldLeast = 4 * LshDelta.Capacity;

    private readonly Lock _writing = new();
    private readonly int _threads;
    private readonly List<int> _changedWhileFolding = [];
    private RowPlaces _places = new();
    private LshDelta _last;
    private Task? _folding;

    // Odd while a vector is in two places.
    private int _replacements;
    private int _deadRows;
    private int _count;

    private int Threads => _threads > 0 ? _threads : Environment.ProcessorCount;

    /// <inheritdoc/>
    /// <remarks>O(d · sketch bits). Folding in what was added runs in a background task; an exception there comes out of the next call.</remarks>
    public void Add(int id, ReadOnlySpan<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        var ready = new float[Dimensions];
        Ready(vector, ready, Metric, nameof(vector));
        lock (_writing)
        {
            var state = Current;
            var isReplacing = _places.TryGet(id, out var old);
            int row;
            if (isReplacing)
            {
                Interlocked.Increment(ref _replacements);
                try
                {
                    row = Append(id, ready);
                    Kill(state, id, old);
                }
                finally
                {
                    Interlocked.Increment(ref _replacements);
                }
            }
            else
            {
                row = Append(id, ready);
                Volatile.Write(ref _count, _count + 1);
            }

            _places.Set(id, state.Part.Count + row);
            FoldWhenDue(state);
        }
    }

    /// <inheritdoc/>
    public bool Remove(int id)
    {
        lock (_writing)
        {
            var state = Current;
            if (!_places.TryGet(id, out var place))
            {
                return false;
            }

            Kill(state, id, place);
            _places.Remove(id);
            Volatile.Write(ref _count, _count - 1);
            FoldWhenDue(state);
            return true;
        }
    }

    /// <summary>Waits until nothing is being folded in; for tests.</summary>
    internal void WaitForFolding()
    {
        Task? folding;
        lock (_writing)
        {
            folding = _folding;
        }

        folding?.Wait();
    }

    // Returns the row's number among all that were added since the part was built.
    private int Append(int id, ReadOnlySpan<float> ready)
    {
        if (_last.Count == LshDelta.Capacity)
        {
            _last.Next = new LshDelta(_last.Model, _last.Serial + 1);
            _last = _last.Next;
        }

        return (_last.Serial * LshDelta.Capacity) + _last.Append(id, ready);
    }

    private void Kill(State state, int id, int place)
    {
        if (place < state.Part.Count)
        {
            state.Part.Kill(place);
        }
        else
        {
            var (serial, row) = Math.DivRem(place - state.Part.Count, LshDelta.Capacity);
            var delta = state.First;
            while (delta.Serial < serial)
            {
                delta = delta.Next!;
            }

            delta.Kill(row);
        }

        _deadRows++;
        if (_folding is not null)
        {
            _changedWhileFolding.Add(id);
        }
    }

    private void FoldWhenDue(State state)
    {
        if (_folding is { IsFaulted: true })
        {
            var failed = _folding;
            _folding = null;
            failed.GetAwaiter().GetResult();
        }

        var added = (_last.Serial * LshDelta.Capacity) + _last.Count;
        if (_folding is not null || added + _deadRows < Math.Max(FoldLeast, state.Part.Count / FoldShare))
        {
            return;
        }

        _changedWhileFolding.Clear();
        var (until, rows) = (_last, _last.Count);
        _folding = Task.Run(() => Fold(state, until, rows));
    }

    private unsafe void Fold(State state, LshDelta until, int untilRows)
    {
        var d = Dimensions;
        var capacity = state.Part.Count + (until.Serial * LshDelta.Capacity) + untilRows;
        var ids = new int[capacity];
        var live = 0;
        var vectors = new BlockOf<float>((long)capacity * d);
        state.Part.Unverified?.EnsureVerified();
        for (var row = 0; row < state.Part.Count; row++)
        {
            if (!state.Part.IsDead(row))
            {
                Copy(state.Part.Vectors, row, vectors.Pointer, live, d);
                ids[live++] = state.Part.Ids[row];
            }
        }

        for (var delta = state.First; ; delta = delta.Next!)
        {
            var count = delta == until ? untilRows : delta.Count;
            for (var row = 0; row < count; row++)
            {
                if (!delta.IsDead(row))
                {
                    Copy(delta.Vectors, row, vectors.Pointer, live, d);
                    ids[live++] = delta.Ids[row];
                }
            }

            GC.KeepAlive(delta);
            if (delta == until)
            {
                break;
            }
        }

        // Everything is hashed anew, so it may as well be by what is there now.
        var model = LshLearning.Learn(vectors, live, d, Metric, _options);
        var part = new LshPartBuilder(model, Threads).Build(vectors, ids.AsSpan(0, live));
        var places = RowPlaces.For(ids.AsSpan(0, live));
        for (var row = 0; row < part.Count; row++)
        {
            places.Set(part.Ids[row], row);
        }

        lock (_writing)
        {
            Swap(state, part, places, until, untilRows);
        }
    }

    private unsafe void Swap(State state, LshPart part, RowPlaces places, LshDelta until, int untilRows)
    {
        _folding = null;
        if (_state is null)
        {
            return;
        }

        _deadRows = 0;
        foreach (var id in _changedWhileFolding)
        {
            if (places.TryGet(id, out var row))
            {
                part.Kill(row);
                places.Remove(id);
                _deadRows++;
            }
        }

        // What was added meanwhile moves into rows of the new state's own.
        var first = new LshDelta(part.Model, 0);
        var last = first;
        for (var delta = until; delta is not null; delta = delta.Next)
        {
            for (var row = delta == until ? untilRows : 0; row < delta.Count; row++)
            {
                if (delta.IsDead(row))
                {
                    continue;
                }

                if (last.Count == LshDelta.Capacity)
                {
                    last.Next = new LshDelta(part.Model, last.Serial + 1);
                    last = last.Next;
                }

                var at = last.Append(delta.Ids[row], new ReadOnlySpan<float>(delta.Vectors + ((long)row * Dimensions), Dimensions));
                places.Set(delta.Ids[row], part.Count + (last.Serial * LshDelta.Capacity) + at);
            }
        }

        (_places, _last) = (places, last);
        Volatile.Write(ref _state, new State(part, first));
        GC.KeepAlive(state);
    }

    private static unsafe void Copy(float* from, int row, float* to, int at, int d) =>
        new ReadOnlySpan<float>(from + ((long)row * d), d).CopyTo(new Span<float>(to + ((long)at * d), d));
}
