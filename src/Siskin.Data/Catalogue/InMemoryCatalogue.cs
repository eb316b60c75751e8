using System.Runtime.CompilerServices;

namespace Siskin.Data.Catalogue;

/// <summary>A catalogue that lives and ends with the process: for tests, evaluation and embedding.</summary>
/// <remarks>One lock for all; a write costs O(log n) per value. All calls complete synchronously.</remarks>
public sealed class InMemoryCatalogue : ICatalogue
{
    private const int ChangesPerRead = 1_000;

    private readonly Lock _gate = new();
    private readonly InMemoryTable<Item> _items = new(item => item.Id);
    private readonly InMemoryTable<User> _users = new(user => user.Id);
    private CatalogueSchema _schema = CatalogueSchema.Default;
    private long _version;
    private bool _disposed;

    /// <inheritdoc/>
    public ValueTask<CatalogueSchema> GetSchemaAsync(CancellationToken cancellationToken = default) =>
        Run(this, static self => self._schema, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetSchemaAsync(CatalogueSchema schema, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _schema = schema;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) =>
        Run(this, static self => self._version, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountItemsAsync(CancellationToken cancellationToken = default) =>
        Run(_items, static items => items.Count, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountUsersAsync(CancellationToken cancellationToken = default) =>
        Run(_users, static users => users.Count, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogueChange<Item>>> UpsertItemsAsync(IReadOnlyList<Item> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Run((this, items), static a => a.Item1._items.Upsert(a.items, ref a.Item1._version), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogueChange<User>>> UpsertUsersAsync(IReadOnlyList<User> users, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        return Run((this, users), static a => a.Item1._users.Upsert(a.users, ref a.Item1._version), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Item?> GetItemAsync(string id, CancellationToken cancellationToken = default) =>
        Run((_items, id), static a => a._items.Get(a.id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<User?> GetUserAsync(string id, CancellationToken cancellationToken = default) =>
        Run((_users, id), static a => a._users.Get(a.id), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<Item>?> UpdateItemAsync(string id, Func<Item, Item> change, CancellationToken cancellationToken = default) =>
        Run((this, id, change), static a => a.Item1._items.Update(a.id, a.change, ref a.Item1._version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<User>?> UpdateUserAsync(string id, Func<User, User> change, CancellationToken cancellationToken = default) =>
        Run((this, id, change), static a => a.Item1._users.Update(a.id, a.change, ref a.Item1._version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<Item>?> DeleteItemAsync(string id, CancellationToken cancellationToken = default) =>
        Run((this, id), static a => a.Item1._items.Delete(a.id, ref a.Item1._version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<User>?> DeleteUserAsync(string id, CancellationToken cancellationToken = default) =>
        Run((this, id), static a => a.Item1._users.Delete(a.id, ref a.Item1._version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CataloguePage<Item>> ListItemsAsync(string? cursor, int limit, CancellationToken cancellationToken = default)
    {
        CatalogueCursor.CheckLimit(limit);
        return Run((_items, after: CatalogueCursor.Read(cursor), limit), static a => a._items.List(a.after, a.limit), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<CataloguePage<User>> ListUsersAsync(string? cursor, int limit, CancellationToken cancellationToken = default)
    {
        CatalogueCursor.CheckLimit(limit);
        return Run((_users, after: CatalogueCursor.Read(cursor), limit), static a => a._users.List(a.after, a.limit), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CatalogueChange<Item>> ReadItemChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        ReadAsync(_items, sinceVersion, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<CatalogueChange<User>> ReadUserChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        ReadAsync(_users, sinceVersion, cancellationToken);

    /// <summary>Refuses further calls.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask<TResult> Run<TArgument, TResult>(TArgument argument, Func<TArgument, TResult> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ValueTask.FromResult(work(argument));
        }
    }

    private async IAsyncEnumerable<CatalogueChange<T>> ReadAsync<T>(
        InMemoryTable<T> table,
        long sinceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var changes = await Run((table, sinceVersion), static a => a.table.ReadChanges(a.sinceVersion, ChangesPerRead), cancellationToken).ConfigureAwait(false);
            foreach (var change in changes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return change;
            }

            if (changes.Count < ChangesPerRead)
            {
                yield break;
            }

            sinceVersion = changes[^1].Version;
        }
    }
}
