using Siskin.Data.Catalogue;

namespace Siskin.Tests.Server;

/// <summary>A catalogue in memory, just enough for the API's tests.</summary>
internal sealed class FakeCatalogue : ICatalogue
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Item> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, User> _users = new(StringComparer.Ordinal);
    private CatalogueSchema _schema = CatalogueSchema.Default;
    private long _version;

    public bool HasItem(string id)
    {
        lock (_lock)
        {
            return _items.ContainsKey(id);
        }
    }

    public ValueTask<CatalogueSchema> GetSchemaAsync(CancellationToken cancellationToken = default) => new(_schema);

    public ValueTask SetSchemaAsync(CatalogueSchema schema, CancellationToken cancellationToken = default)
    {
        _schema = schema;
        return default;
    }

    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) => new(_version);

    public ValueTask<long> CountItemsAsync(CancellationToken cancellationToken = default) => new(_items.Count);

    public ValueTask<long> CountUsersAsync(CancellationToken cancellationToken = default) => new(_users.Count);

    public ValueTask<IReadOnlyList<CatalogueChange<Item>>> UpsertItemsAsync(IReadOnlyList<Item> items, CancellationToken cancellationToken = default) =>
        new(Upsert(_items, items, i => i.Id));

    public ValueTask<IReadOnlyList<CatalogueChange<User>>> UpsertUsersAsync(IReadOnlyList<User> users, CancellationToken cancellationToken = default) =>
        new(Upsert(_users, users, u => u.Id));

    public ValueTask<Item?> GetItemAsync(string id, CancellationToken cancellationToken = default) => new(Find(_items, id));

    public ValueTask<User?> GetUserAsync(string id, CancellationToken cancellationToken = default) => new(Find(_users, id));

    public ValueTask<CatalogueChange<Item>?> UpdateItemAsync(string id, Func<Item, Item> change, CancellationToken cancellationToken = default) =>
        new(Update(_items, id, change));

    public ValueTask<CatalogueChange<User>?> UpdateUserAsync(string id, Func<User, User> change, CancellationToken cancellationToken = default) =>
        new(Update(_users, id, change));

    public ValueTask<CatalogueChange<Item>?> DeleteItemAsync(string id, CancellationToken cancellationToken = default) => new(Delete(_items, id));

    public ValueTask<CatalogueChange<User>?> DeleteUserAsync(string id, CancellationToken cancellationToken = default) => new(Delete(_users, id));

    public ValueTask<CataloguePage<Item>> ListItemsAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        new(List(_items, cursor, limit));

    public ValueTask<CataloguePage<User>> ListUsersAsync(string? cursor, int limit, CancellationToken cancellationToken = default) =>
        new(List(_users, cursor, limit));

    public IAsyncEnumerable<CatalogueChange<Item>> ReadItemChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<CatalogueChange<User>> ReadUserChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;

    private IReadOnlyList<CatalogueChange<T>> Upsert<T>(SortedDictionary<string, T> map, IReadOnlyList<T> values, Func<T, string> id)
        where T : class
    {
        lock (_lock)
        {
            return [.. values.Select(v => new CatalogueChange<T>(id(v), ++_version, map[id(v)] = v))];
        }
    }

    private T? Find<T>(SortedDictionary<string, T> map, string id)
        where T : class
    {
        lock (_lock)
        {
            return map.GetValueOrDefault(id);
        }
    }

    private CatalogueChange<T>? Update<T>(SortedDictionary<string, T> map, string id, Func<T, T> change)
        where T : class
    {
        lock (_lock)
        {
            // The change may throw, and then the version stays too.
            return map.TryGetValue(id, out var value) && (map[id] = change(value)) is { } changed ? new(id, ++_version, changed) : null;
        }
    }

    private CatalogueChange<T>? Delete<T>(SortedDictionary<string, T> map, string id)
        where T : class
    {
        lock (_lock)
        {
            return map.Remove(id) ? new(id, ++_version, null) : null;
        }
    }

    private CataloguePage<T> List<T>(SortedDictionary<string, T> map, string? cursor, int limit)
        where T : class
    {
        if (cursor is not null && !cursor.StartsWith("after:", StringComparison.Ordinal))
        {
            throw new ArgumentException("No such cursor.", nameof(cursor));
        }

        lock (_lock)
        {
            var page = map.Where(p => cursor is null || string.CompareOrdinal(p.Key, cursor[6..]) > 0).Take(limit + 1).ToList();
            return new([.. page.Take(limit).Select(p => p.Value)], page.Count > limit ? "after:" + page[limit - 1].Key : null);
        }
    }
}
