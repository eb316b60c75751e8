namespace Siskin.Vectors.Lsh;

/// <summary>Where the vector of each id is: a plain array while ids are dense, else a dictionary. For the writer alone.</summary>
internal sealed class RowPlaces
{
    private const long MostGapPerId = 8;

    private int[]? _dense = [];
    private Dictionary<int, int>? _sparse;

    /// <summary>Empty, in the form that suits these ids in whatever order they come.</summary>
    public static RowPlaces For(ReadOnlySpan<int> ids)
    {
        var largest = -1;
        foreach (var id in ids)
        {
            largest = Math.Max(largest, id);
        }

        return largest < Dense(ids.Length) ? new() { _dense = new int[largest + 1] } : new() { _dense = null, _sparse = new(ids.Length) };
    }

    /// <summary>How many ids have a place.</summary>
    public int Count { get; private set; }

    public long SizeBytes => _dense is not null ? _dense.Length * 4L : _sparse!.Count * 28L;

    public bool TryGet(int id, out int place)
    {
        if (_sparse is not null)
        {
            return _sparse.TryGetValue(id, out place);
        }

        place = (uint)id < (uint)_dense!.Length ? _dense[id] - 1 : -1;
        return place >= 0;
    }

    public void Set(int id, int place)
    {
        if (_dense is not null && id >= _dense.Length)
        {
            if (id < Dense(Count))
            {
                Array.Resize(ref _dense, (int)Math.Min(Array.MaxLength, Math.Max(id + 1L, 2L * _dense.Length)));
            }
            else
            {
                ToSparse();
            }
        }

        if (_dense is not null)
        {
            Count += _dense[id] == 0 ? 1 : 0;
            _dense[id] = place + 1;
        }
        else
        {
            _sparse![id] = place;
            Count = _sparse.Count;
        }
    }

    public bool Remove(int id)
    {
        if (!TryGet(id, out _))
        {
            return false;
        }

        Count--;
        if (_dense is not null)
        {
            _dense[id] = 0;
            return true;
        }

        return _sparse!.Remove(id);
    }

    // Ids below this are kept in an array.
    private static long Dense(int count) => 4096 + (MostGapPerId * count);

    private void ToSparse()
    {
        _sparse = new Dictionary<int, int>(Count + 1);
        for (var id = 0; id < _dense!.Length; id++)
        {
            if (_dense[id] != 0)
            {
                _sparse[id] = _dense[id] - 1;
            }
        }

        _dense = null;
    }
}
