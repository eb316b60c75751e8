namespace Siskin.Vectors.Scan;

/// <content>Adding and removing.</content>
public sealed unsafe partial class ScanIndex
{
    private const int SmallestList = 32;

    private readonly Lock _changes = new();
    private Dictionary<int, (int List, int Row)>? _places;

    /// <inheritdoc/>
    /// <remarks>O(lists · d), and the copying of a list that has no more room, at most O(1) rows per add over time. The first change finds out where every id is.</remarks>
    public void Add(int id, ReadOnlySpan<float> vector)
    {
        CheckVector(vector, nameof(vector));
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        var taken = new float[Dimensions];
        Take(vector, taken);
        var number = _coarse.Nearest(taken);
        lock (_changes)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var places = Places();
            var isReplaced = places.ContainsKey(id);
            if (isReplaced)
            {
                Interlocked.Increment(ref _replacements);
            }

            try
            {
                // Room first: making it may move the row that is replaced.
                var list = WithRoom(number);
                if (places.TryGetValue(id, out var old))
                {
                    Hide(old);
                }

                var row = list.Count;
                Write(list, number, row, id, taken);
                list.Publish(row + 1);
                places[id] = (number, row);
            }
            finally
            {
                if (isReplaced)
                {
                    Interlocked.Increment(ref _replacements);
                }
            }

            Volatile.Write(ref _live, places.Count);
        }
    }

    /// <inheritdoc/>
    public bool Remove(int id)
    {
        lock (_changes)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var places = Places();
            if (!places.Remove(id, out var place))
            {
                return false;
            }

            Hide(place);
            Volatile.Write(ref _live, places.Count);
            var list = _lists[place.List];
            if (list.Removed > SmallestList && list.Removed > list.Count / 2)
            {
                Compact(place.List, list.Count - list.Removed);
            }

            return true;
        }
    }

    private void Hide((int List, int Row) place)
    {
        var list = _lists[place.List];
        Volatile.Write(ref list.Ids[place.Row], -1);
        list.Removed++;
    }

    private Dictionary<int, (int List, int Row)> Places()
    {
        if (_places is not null)
        {
            return _places;
        }

        EnsureAllVerified();
        var places = new Dictionary<int, (int, int)>(Count);
        for (var number = 0; number < _lists.Length; number++)
        {
            var list = _lists[number];
            for (var row = 0; row < list.Count; row++)
            {
                if (list.Ids[row] >= 0)
                {
                    places[list.Ids[row]] = (number, row);
                }
                else
                {
                    list.Removed++;
                }
            }
        }

        return _places = places;
    }

    private ScanList WithRoom(int number)
    {
        var list = _lists[number];
        if (list.Count == list.Capacity)
        {
            var alive = list.Count - list.Removed;
            Compact(number, Math.Max(SmallestList, alive + (alive / 2)));
        }

        return _lists[number];
    }

    // Copies what is left into a new list; searches that have the old one keep it.
    private void Compact(int number, int capacity)
    {
        var from = _lists[number];
        var to = NewList(Math.Max(SmallestList, capacity));
        var vector = new float[Dimensions];
        var count = 0;
        for (var row = 0; row < from.Count; row++)
        {
            var id = from.Ids[row];
            if (id >= 0)
            {
                _wholeCodec.Decode(new ReadOnlySpan<byte>(from.Originals + ((nint)row * _wholeCodec.RowBytes), _wholeCodec.RowBytes), vector);
                Write(to, number, count, id, vector);
                _places![id] = (number, count++);
            }
        }

        to.Publish(count);
        Volatile.Write(ref _lists[number], to);
        if (from.FileRow >= 0 && !IsWhole)
        {
            _mappedOriginals -= from.Capacity * (long)OriginalStride;
        }
    }

    private ScanList NewList(int capacity)
    {
        capacity = (capacity + FastScanCodec.BlockRows - 1) & -FastScanCodec.BlockRows;
        return new(capacity, _codec.Bytes(capacity), OriginalStride);
    }
}
