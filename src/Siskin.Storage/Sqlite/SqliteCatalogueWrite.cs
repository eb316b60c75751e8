using Siskin.Data.Catalogue;

namespace Siskin.Storage.Sqlite;

/// <summary>Changes of one table within a transaction: numbers them and keeps the counter right.</summary>
internal sealed class SqliteCatalogueWrite<T>(SqliteCatalogueConnection connection, SqliteCatalogueTable<T> table)
    where T : class
{
    private const string Version = "version";

    private long _version = connection.GetNumber(Version);
    private long _countChange;

    public IReadOnlyList<CatalogueChange<T>> Upsert(IReadOnlyList<T> values, CancellationToken cancellationToken)
    {
        var last = new Dictionary<long, int>(values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            var id = table.IdOf(values[i]);
            var key = ItemKey.Of(id);
            if (last.TryGetValue(key, out var other) && table.IdOf(values[other]) is var holder && holder != id)
            {
                throw new CatalogueConflictException(id, holder);
            }

            last[key] = i;
        }

        var changes = new List<CatalogueChange<T>>(last.Count);
        for (var i = 0; i < values.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = table.IdOf(values[i]);
            var key = ItemKey.Of(id);
            if (last[key] != i)
            {
                continue;
            }

            var (holder, isDeleted) = table.FindHolder(key);
            if (holder is not null && holder != id)
            {
                throw new CatalogueConflictException(id, holder);
            }

            changes.Add(Put(id, values[i], holder is null || isDeleted ? 1 : 0));
        }

        Complete();
        return changes;
    }

    public CatalogueChange<T>? Update(string id, Func<T, T> change)
    {
        if (table.Get(id) is not { } present)
        {
            return null;
        }

        var value = change(present);
        if (table.IdOf(value) != id)
        {
            throw new ArgumentException($"The change of '{id}' returned a value with the id '{table.IdOf(value)}'.", nameof(change));
        }

        var result = Put(id, value, 0);
        Complete();
        return result;
    }

    public CatalogueChange<T>? Delete(string id)
    {
        var (holder, isDeleted) = table.FindHolder(ItemKey.Of(id));
        if (holder != id || isDeleted)
        {
            return null;
        }

        var result = Put(id, null, -1);
        Complete();
        return result;
    }

    private CatalogueChange<T> Put(string id, T? value, int countChange)
    {
        table.Put(id, ++_version, value);
        _countChange += countChange;
        return new(id, _version, value);
    }

    private void Complete()
    {
        connection.SetMeta(Version, _version);
        if (_countChange != 0)
        {
            connection.SetMeta(table.Name, connection.GetNumber(table.Name) + _countChange);
        }
    }
}
