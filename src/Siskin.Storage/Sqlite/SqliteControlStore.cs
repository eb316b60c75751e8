using Microsoft.Data.Sqlite;
using Siskin.Data.Control;

namespace Siskin.Storage.Sqlite;

/// <summary>A control store in one SQLite file, which several processes may open.</summary>
/// <remarks>Write-ahead log, synced at every commit. The work is done on the caller's thread; one call at a time.</remarks>
public sealed class SqliteControlStore : IControlStore, IDisposable
{
    private const string Tables =
        """
        CREATE TABLE IF NOT EXISTS control_meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS control (key TEXT PRIMARY KEY, version INTEGER NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
        INSERT OR IGNORE INTO control_meta VALUES ('version', 0);
        """;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly Lock _gate = new();

    private SqliteControlStore(string path)
    {
        _path = path;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            _connection.Open();
            Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            Run("BEGIN IMMEDIATE");
            Run(Tables);
            Run("COMMIT");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a store; creates the file when it is missing.</summary>
    /// <param name="path">The file; two more with the endings -wal and -shm stand beside it while it is open.</param>
    /// <exception cref="InvalidDataException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">The file cannot be opened or created.</exception>
    public static SqliteControlStore Open(string path)
    {
        path = Path.GetFullPath(path);
        return SqliteErrors.Translate(path, static path => new SqliteControlStore(path), path);
    }

    /// <inheritdoc/>
    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default) =>
        Locked(static (store, _) => store.ReadVersion(), 0);

    /// <inheritdoc/>
    public ValueTask<ControlDocument?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ControlKey.Check(key);
        return Locked(static (store, key) => store.Read("SELECT key, json, version FROM control WHERE key = $key", key).FirstOrDefault(), key);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ControlDocument>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Locked<string, IReadOnlyList<ControlDocument>>(static (store, prefix) => store.Read("SELECT key, json, version FROM control WHERE substr(key, 1, length($key)) = $key ORDER BY key COLLATE BINARY", prefix), prefix);
    }

    /// <inheritdoc/>
    public ValueTask<long> PutAsync(string key, string json, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlKey.Check(key);
        ArgumentNullException.ThrowIfNull(json);
        return Locked(static (store, a) => store.Change(a.key, a.json, a.expectedVersion), (key, json, expectedVersion));
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string key, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlKey.Check(key);
        await Locked(static (store, a) => store.Change(a.key, null, a.expectedVersion), (key, expectedVersion)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _connection.Dispose();
        }
    }

    private ValueTask<TResult> Locked<TArgument, TResult>(Func<SqliteControlStore, TArgument, TResult> work, TArgument argument)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(SqliteErrors.Translate(_path, static a => a.work(a.store, a.argument), (work, store: this, argument)));
        }
    }

    private long ReadVersion()
    {
        using var command = Command("SELECT value FROM control_meta WHERE name = 'version'");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Writes or deletes a document as the next version of the store.</summary>
    private long Change(string key, string? json, long expected)
    {
        Run("BEGIN IMMEDIATE");
        try
        {
            var found = Read("SELECT key, json, version FROM control WHERE key = $key", key).FirstOrDefault()?.Version ?? 0;
            if (json is null && found == 0)
            {
                Run("ROLLBACK");
                return 0;
            }

            if (found != expected)
            {
                throw new ControlConflictException(key, expected, found);
            }

            var version = ReadVersion() + 1;
            using var command = Command(json is null
                ? "DELETE FROM control WHERE key = $key; UPDATE control_meta SET value = $version WHERE name = 'version'"
                : "INSERT INTO control VALUES ($key, $version, $json) ON CONFLICT (key) DO UPDATE SET version = excluded.version, json = excluded.json; UPDATE control_meta SET value = $version WHERE name = 'version'");
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$version", version);
            if (json is not null)
            {
                command.Parameters.AddWithValue("$json", json);
            }

            command.ExecuteNonQuery();
            Run("COMMIT");
            return version;
        }
        catch
        {
            Run("ROLLBACK");
            throw;
        }
    }

    private List<ControlDocument> Read(string sql, string key)
    {
        using var command = Command(sql);
        command.Parameters.AddWithValue("$key", key);
        using var reader = command.ExecuteReader();
        var documents = new List<ControlDocument>();
        while (reader.Read())
        {
            documents.Add(new ControlDocument(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        return documents;
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }
}
