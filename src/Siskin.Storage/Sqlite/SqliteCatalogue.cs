using System.Runtime.CompilerServices;
using Siskin.Data.Catalogue;
using Siskin.Storage.Catalogue;

namespace Siskin.Storage.Sqlite;

/// <summary>A catalogue in one SQLite file.</summary>
/// <remarks>
/// Write-ahead log, synced at every commit: a call that returned survives power loss. One writer at a time, several
/// readers beside it. The work is done on the caller's thread; a single write costs about one sync of the medium.
/// Other processes may open the same file. Deleted ids stay as empty rows, so that they appear among the changes.
/// </remarks>
public sealed class SqliteCatalogue : ICatalogue
{
    private const string Subject = "catalogue";
    private const int ChangesPerRead = 256;

    private readonly SqliteCatalogueConnection _writer;
    private readonly SemaphoreSlim _writeTurn = new(1, 1);
    private readonly SqliteReaderPool _readers;
    private readonly string _path;
    private int _disposed;

    private SqliteCatalogue(string path, SqliteCatalogueConnection writer)
    {
        _path = path;
        _writer = writer;
        _readers = new(path);
    }

    /// <summary>Opens a catalogue; creates the file when it is missing.</summary>
    /// <param name="path">The file; two more with the endings -wal and -shm stand beside it while it is open.</param>
    /// <exception cref="InvalidDataException">The file is damaged, not a catalogue, or of a newer format.</exception>
    /// <exception cref="IOException">The file cannot be opened or created.</exception>
    public static SqliteCatalogue Open(string path)
    {
        path = Path.GetFullPath(path);
        return SqliteErrors.Translate(Subject, path, static path => new SqliteCatalogue(path, SqliteCatalogueConnection.OpenWriter(path)), path);
    }

    /// <inheritdoc/>
    public ValueTask<CatalogueSchema> GetSchemaAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(static (reader, _) => reader.GetSchema(), 0, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SetSchemaAsync(CatalogueSchema schema, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        await WriteAsync(
            static (writer, json) =>
            {
                writer.SetMeta("schema", json);
                return true;
            },
            CatalogueJson.Write(schema),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(static (reader, name) => reader.GetNumber(name), "version", cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountItemsAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(static (reader, name) => reader.GetNumber(name), "items", cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountUsersAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(static (reader, name) => reader.GetNumber(name), "users", cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogueChange<Item>>> UpsertItemsAsync(IReadOnlyList<Item> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        return WriteAsync(
            static (writer, a) => new SqliteCatalogueWrite<Item>(writer, writer.Items).Upsert(a.items, a.cancellationToken),
            (items, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CatalogueChange<User>>> UpsertUsersAsync(IReadOnlyList<User> users, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        return WriteAsync(
            static (writer, a) => new SqliteCatalogueWrite<User>(writer, writer.Users).Upsert(a.users, a.cancellationToken),
            (users, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Item?> GetItemAsync(string id, CancellationToken cancellationToken = default) =>
        ReadAsync(static (reader, id) => reader.Items.Get(id), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<User?> GetUserAsync(string id, CancellationToken cancellationToken = default) =>
        ReadAsync(static (reader, id) => reader.Users.Get(id), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<Item>?> UpdateItemAsync(string id, Func<Item, Item> change, CancellationToken cancellationToken = default) =>
        WriteAsync(static (writer, a) => new SqliteCatalogueWrite<Item>(writer, writer.Items).Update(a.id, a.change), (id, change), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<User>?> UpdateUserAsync(string id, Func<User, User> change, CancellationToken cancellationToken = default) =>
        WriteAsync(static (writer, a) => new SqliteCatalogueWrite<User>(writer, writer.Users).Update(a.id, a.change), (id, change), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<Item>?> DeleteItemAsync(string id, CancellationToken cancellationToken = default) =>
        WriteAsync(static (writer, id) => new SqliteCatalogueWrite<Item>(writer, writer.Items).Delete(id), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CatalogueChange<User>?> DeleteUserAsync(string id, CancellationToken cancellationToken = default) =>
        WriteAsync(static (writer, id) => new SqliteCatalogueWrite<User>(writer, writer.Users).Delete(id), id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CataloguePage<Item>> ListItemsAsync(string? cursor, int limit, CancellationToken cancellationToken = default)
    {
        CatalogueCursor.CheckLimit(limit);
        var after = CatalogueCursor.Read(cursor);
        return ReadAsync(static (reader, a) => reader.Items.List(a.after, a.limit, a.cancellationToken), (after, limit, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<CataloguePage<User>> ListUsersAsync(string? cursor, int limit, CancellationToken cancellationToken = default)
    {
        CatalogueCursor.CheckLimit(limit);
        var after = CatalogueCursor.Read(cursor);
        return ReadAsync(static (reader, a) => reader.Users.List(a.after, a.limit, a.cancellationToken), (after, limit, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CatalogueChange<Item>> ReadItemChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        ReadChangesAsync(static reader => reader.Items, sinceVersion, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<CatalogueChange<User>> ReadUserChangesAsync(long sinceVersion, CancellationToken cancellationToken = default) =>
        ReadChangesAsync(static reader => reader.Users, sinceVersion, cancellationToken);

    /// <summary>Waits for the write under way, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _writeTurn.WaitAsync().ConfigureAwait(false);
            _readers.Dispose();
            _writer.Dispose();
            _writeTurn.Release();
        }
    }

    // Read in parts: a transaction kept open by a slow reader would keep the write-ahead log from being folded in.
    private async IAsyncEnumerable<CatalogueChange<T>> ReadChangesAsync<T>(
        Func<SqliteCatalogueConnection, SqliteCatalogueTable<T>> table,
        long sinceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var changes = await ReadAsync(
                static (reader, a) => a.table(reader).ReadChanges(a.sinceVersion, ChangesPerRead, a.cancellationToken),
                (table, sinceVersion, cancellationToken),
                cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<TResult> ReadAsync<TArgument, TResult>(
        Func<SqliteCatalogueConnection, TArgument, TResult> work,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        await _readers.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return SqliteErrors.Translate(Subject, _path, static a => a.self._readers.Run(a.work, a.argument), (self: this, work, argument));
        }
        finally
        {
            _readers.Release();
        }
    }

    private async ValueTask<TResult> WriteAsync<TArgument, TResult>(
        Func<SqliteCatalogueConnection, TArgument, TResult> work,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        await _writeTurn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return SqliteErrors.Translate(Subject, _path, static a => a._writer.InTransaction(a.work, a.argument), (_writer, work, argument));
        }
        finally
        {
            _writeTurn.Release();
        }
    }
}
