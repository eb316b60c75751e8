using Siskin.Data.Control;

namespace Siskin.Storage.Sqlite;

/// <summary>A control store in one SQLite file.</summary>
/// <remarks>
/// Write-ahead log, synced at every commit: a call that returned survives power loss. Other processes may open the same
/// file, and see each other's writes with their next call. One call at a time per instance, done on the caller's thread;
/// a write costs about one sync of the medium. A call waits up to 30 seconds for another process's write to end.
/// A damaged file is an <see cref="IOException"/> like every other failure of the medium.
/// </remarks>
public sealed class SqliteControlStore : IControlStore, IAsyncDisposable
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteControlConnection _connection;
    private readonly string _path;
    private bool _disposed;

    private SqliteControlStore(string path, SqliteControlConnection connection)
    {
        _path = path;
        _connection = connection;
    }

    /// <summary>Opens a control store; creates the file when it is missing.</summary>
    /// <param name="path">The file; two more with the endings -wal and -shm stand beside it while it is open.</param>
    /// <exception cref="IOException">
    /// The file cannot be opened or created, is damaged, not a control store, or of a newer format.
    /// </exception>
    public static SqliteControlStore Open(string path) => Open(path, BusyTimeout);

    /// <inheritdoc/>
    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) =>
        RunAsync(static (connection, _) => connection.GetVersion(), 0, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ControlDocument?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckKey(key);
        return RunAsync(static (connection, key) => connection.Get(key), key, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ControlDocument>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckPrefix(prefix);
        return RunAsync<string, IReadOnlyList<ControlDocument>>(static (connection, prefix) => connection.List(prefix), prefix, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> PutAsync(string key, string json, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckKey(key);
        ControlArguments.CheckJson(json);
        return RunAsync(static (connection, a) => connection.Put(a.key, a.json, a.expectedVersion), (key, json, expectedVersion), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckKey(key);
        await RunAsync(static (connection, a) => connection.Delete(a.key, a.expectedVersion), (key, expectedVersion), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the call under way, then closes the file and refuses further calls.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                _connection.Dispose();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Opens a control store whose calls wait so long for another process's write.</summary>
    internal static SqliteControlStore Open(string path, TimeSpan busyTimeout)
    {
        path = Path.GetFullPath(path);
        return Translate(path, static a => new SqliteControlStore(a.path, SqliteControlConnection.Open(a.path, a.busyTimeout)), (path, busyTimeout));
    }

    private static TResult Translate<TArgument, TResult>(string path, Func<TArgument, TResult> work, TArgument argument)
    {
        try
        {
            return SqliteErrors.Translate("control store", path, work, argument);
        }
        catch (InvalidDataException e)
        {
            // The contract knows one failure; InvalidDataException is no IOException.
            throw new IOException(e.Message, e);
        }
    }

    private async ValueTask<TResult> RunAsync<TArgument, TResult>(
        Func<SqliteControlConnection, TArgument, TResult> work,
        TArgument argument,
        CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Translate(_path, static a => a.work(a._connection, a.argument), (_connection, work, argument));
        }
        finally
        {
            _turn.Release();
        }
    }
}
