using System.Text.Json;
using Microsoft.Data.Sqlite;
using Siskin.Data.Catalogue;

namespace Siskin.Storage.Sqlite;

/// <summary>Turns a row's JSON into its value.</summary>
internal delegate T ReadRow<T>(string id, ReadOnlySpan<byte> json);

/// <summary>Items or users as one connection sees them, by prepared statements. One thread at a time.</summary>
internal sealed class SqliteCatalogueTable<T> : IDisposable
    where T : class
{
    private readonly ReadRow<T> _read;
    private readonly Func<T, byte[]> _write;
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _list;
    private readonly SqliteCommand _changes;

    public SqliteCatalogueTable(SqliteConnection connection, string name, Func<T, string> idOf, Func<T, byte[]> write, ReadRow<T> read)
    {
        Name = name;
        IdOf = idOf;
        _read = read;
        _write = write;
        _get = connection.Command($"SELECT id, value FROM {name} WHERE key = $key", "$key");
        _find = connection.Command($"SELECT id, value IS NULL FROM {name} WHERE key = $key", "$key");
        _put = connection.Command(
            $"INSERT INTO {name} (key, id, version, value) VALUES ($key, $id, $version, $value) "
            + "ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value",
            "$key",
            "$id",
            "$version",
            "$value");
        _list = connection.Command($"SELECT id, value FROM {name} WHERE id > $after AND value IS NOT NULL ORDER BY id LIMIT $limit", "$after", "$limit");
        _changes = connection.Command($"SELECT id, version, value FROM {name} WHERE version > $since ORDER BY version LIMIT $limit", "$since", "$limit");
    }

    /// <summary>The table's name, and that of its counter.</summary>
    public string Name { get; }

    /// <summary>A value's id.</summary>
    public Func<T, string> IdOf { get; }

    public T? Get(string id)
    {
        _get.Parameters[0].Value = ItemKey.Of(id);
        using var row = _get.ExecuteReader();
        return row.Read() && row.GetString(0) == id ? ReadValue(row, id, 1) : null;
    }

    /// <summary>Who holds a key.</summary>
    /// <returns>The id, or null; and whether it is deleted.</returns>
    public (string? Id, bool IsDeleted) FindHolder(long key)
    {
        _find.Parameters[0].Value = key;
        using var row = _find.ExecuteReader();
        return row.Read() ? (row.GetString(0), row.GetBoolean(1)) : (null, false);
    }

    /// <summary>Stores a value, or the fact that it is deleted.</summary>
    public void Put(string id, long version, T? value)
    {
        _put.Parameters[0].Value = ItemKey.Of(id);
        _put.Parameters[1].Value = id;
        _put.Parameters[2].Value = version;
        _put.Parameters[3].Value = value is null ? DBNull.Value : _write(value);
        _put.ExecuteNonQuery();
    }

    public CataloguePage<T> List(string after, int limit, CancellationToken cancellationToken)
    {
        _list.Parameters[0].Value = after;
        _list.Parameters[1].Value = limit + 1;
        var values = new List<T>();
        using var row = _list.ExecuteReader();
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (values.Count == limit)
            {
                return new(values, CatalogueCursor.After(IdOf(values[^1])));
            }

            values.Add(ReadValue(row, row.GetString(0), 1)!);
        }

        return new(values, null);
    }

    public List<CatalogueChange<T>> ReadChanges(long sinceVersion, int limit, CancellationToken cancellationToken)
    {
        _changes.Parameters[0].Value = sinceVersion;
        _changes.Parameters[1].Value = limit;
        var changes = new List<CatalogueChange<T>>();
        using var row = _changes.ExecuteReader();
        while (row.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = row.GetString(0);
            changes.Add(new(id, row.GetInt64(1), ReadValue(row, id, 2)));
        }

        return changes;
    }

    public void Dispose()
    {
        _get.Dispose();
        _find.Dispose();
        _put.Dispose();
        _list.Dispose();
        _changes.Dispose();
    }

    private T? ReadValue(SqliteDataReader row, string id, int column)
    {
        if (row.IsDBNull(column))
        {
            return null;
        }

        try
        {
            return _read(id, row.GetFieldValue<byte[]>(column));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The row of '{id}' in the table '{Name}' is not what the catalogue writes: {e.Message}", e);
        }
    }
}
