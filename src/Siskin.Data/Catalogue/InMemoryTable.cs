namespace Siskin.Data.Catalogue;

/// <summary>Items or users of an <see cref="InMemoryCatalogue"/>. Not safe for concurrent use: the catalogue locks.</summary>
internal sealed class InMemoryTable<T>(Func<T, string> idOf)
    where T : class
{
    private readonly Dictionary<long, CatalogueChange<T>> _rows = [];
    private readonly SortedSet<CatalogueChange<T>> _listed = new(Comparer<CatalogueChange<T>>.Create((a, b) => IdOrder.Instance.Compare(a.Id, b.Id)));
    private readonly SortedSet<CatalogueChange<T>> _changes = new(Comparer<CatalogueChange<T>>.Create((a, b) => a.Version.CompareTo(b.Version)));

    public long Count => _listed.Count;

    public T? Get(string id) => Find(id)?.Value;

    public IReadOnlyList<CatalogueChange<T>> Upsert(IReadOnlyList<T> values, ref long version)
    {
        var last = new Dictionary<long, int>(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            var id = idOf(values[i]);
            var key = ItemKey.Of(id);
            var holder = last.TryGetValue(key, out var other) ? idOf(values[other]) : _rows.GetValueOrDefault(key)?.Id;
            if (holder is not null && holder != id)
            {
                throw new CatalogueConflictException(id, holder);
            }

            last[key] = i;
        }

        var changes = new List<CatalogueChange<T>>(last.Count);
        for (var i = 0; i < values.Count; i++)
        {
            var id = idOf(values[i]);
            if (last[ItemKey.Of(id)] == i)
            {
                changes.Add(Put(id, values[i], ref version));
            }
        }

        return changes;
    }

    public CatalogueChange<T>? Update(string id, Func<T, T> change, ref long version)
    {
        if (Get(id) is not { } present)
        {
            return null;
        }

        var value = change(present);
        if (idOf(value) != id)
        {
            throw new ArgumentException($"The change of '{id}' returned a value with the id '{idOf(value)}'.", nameof(change));
        }

        return Put(id, value, ref version);
    }

    public CatalogueChange<T>? Delete(string id, ref long version) =>
        Get(id) is null ? null : Put(id, null, ref version);

    public CataloguePage<T> List(string after, int limit)
    {
        var values = new List<T>(Math.Min(limit, _listed.Count));
        var probe = new CatalogueChange<T>(after, 0, null);
        if (_listed.Max is not { } max || IdOrder.Instance.Compare(after, max.Id) >= 0)
        {
            return new(values, null);
        }

        foreach (var row in _listed.GetViewBetween(probe, max))
        {
            if (row.Id == after)
            {
                continue;
            }

            if (values.Count == limit)
            {
                return new(values, CatalogueCursor.After(idOf(values[^1])));
            }

            values.Add(row.Value!);
        }

        return new(values, null);
    }

    public List<CatalogueChange<T>> ReadChanges(long sinceVersion, int limit)
    {
        var result = new List<CatalogueChange<T>>();
        if (_changes.Max is { } max && sinceVersion < max.Version)
        {
            foreach (var change in _changes.GetViewBetween(new(string.Empty, sinceVersion + 1, null), max))
            {
                if (result.Count == limit)
                {
                    break;
                }

                result.Add(change);
            }
        }

        return result;
    }

    private CatalogueChange<T>? Find(string id) =>
        _rows.TryGetValue(ItemKey.Of(id), out var row) && row.Id == id ? row : null;

    private CatalogueChange<T> Put(string id, T? value, ref long version)
    {
        var key = ItemKey.Of(id);
        if (_rows.TryGetValue(key, out var old))
        {
            _changes.Remove(old);
            _listed.Remove(old);
        }

        var row = new CatalogueChange<T>(id, ++version, value);
        _rows[key] = row;
        _changes.Add(row);
        if (value is not null)
        {
            _listed.Add(row);
        }

        return row;
    }
}
