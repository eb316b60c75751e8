using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Siskin.Data.Catalogue;
using Siskin.Storage.Catalogue;

namespace Siskin.Storage.Sqlite;

/// <summary>One connection to a catalogue's file with its prepared statements. One thread at a time.</summary>
internal sealed class SqliteCatalogueConnection : IDisposable
{
    private const long FormatVersion = 1;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _getMeta;
    private readonly SqliteCommand _setMeta;

    private SqliteCatalogueConnection(SqliteConnection connection)
    {
        _connection = connection;
        _getMeta = connection.CreateCommand();
        _getMeta.CommandText = "SELECT value FROM meta WHERE name = $name";
        _getMeta.Parameters.Add(new SqliteParameter { ParameterName = "$name" });
        _setMeta = connection.CreateCommand();
        _setMeta.CommandText = "INSERT INTO meta (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        _setMeta.Parameters.Add(new SqliteParameter { ParameterName = "$name" });
        _setMeta.Parameters.Add(new SqliteParameter { ParameterName = "$value" });
        Items = new(connection, "items", item => item.Id, CatalogueJson.Write, CatalogueJson.ReadItem);
        Users = new(connection, "users", user => user.Id, CatalogueJson.Write, CatalogueJson.ReadUser);
    }

    public SqliteCatalogueTable<Item> Items { get; }

    public SqliteCatalogueTable<User> Users { get; }

    /// <summary>Opens the file for reading and writing; creates the file and its tables when missing.</summary>
    /// <exception cref="InvalidDataException">Not a catalogue, or one of a newer format.</exception>
    public static SqliteCatalogueConnection OpenWriter(string path)
    {
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768");
            Run(connection, "BEGIN IMMEDIATE");
            if (Scalar(connection, "SELECT COUNT(*) FROM sqlite_master") is 0L)
            {
                // Keys are random: as primary keys they would spread a batch over every page of the table. Measured,
                // rows in order of insertion with the key in an index take batches more than twice as fast.
                Run(
                    connection,
                    $"""
                    CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
                    CREATE TABLE items (number INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, value BLOB);
                    CREATE INDEX items_version ON items (version);
                    CREATE TABLE users (number INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, value BLOB);
                    CREATE INDEX users_version ON users (version);
                    INSERT INTO meta VALUES ('format', {FormatVersion}), ('version', 0), ('items', 0), ('users', 0);
                    """);
            }

            CheckFormat(connection, path);
            Run(connection, "COMMIT");
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens one more connection for reading.</summary>
    public static SqliteCatalogueConnection OpenReader(string path) => new(Connect(path, SqliteOpenMode.ReadOnly));

    /// <summary>Runs work in a transaction that only one writer can have, and commits it unless it throws.</summary>
    public TResult InTransaction<TArgument, TResult>(Func<SqliteCatalogueConnection, TArgument, TResult> work, TArgument argument)
    {
        Run(_connection, "BEGIN IMMEDIATE");
        try
        {
            var result = work(this, argument);
            Run(_connection, "COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>A number of the meta table; 0 when missing.</summary>
    public long GetNumber(string name) => GetMeta(name) is long number ? number : 0;

    /// <summary>The schema; the default one when none was set.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public CatalogueSchema GetSchema()
    {
        try
        {
            return GetMeta("schema") is string json ? CatalogueJson.ReadSchema(json) : CatalogueSchema.Default;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The schema is not what the catalogue writes: {e.Message}", e);
        }
    }

    public void SetMeta(string name, object value)
    {
        _setMeta.Parameters[0].Value = name;
        _setMeta.Parameters[1].Value = value;
        _setMeta.ExecuteNonQuery();
    }

    public void Dispose()
    {
        Items.Dispose();
        Users.Dispose();
        _getMeta.Dispose();
        _setMeta.Dispose();
        _connection.Dispose();
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        // Connections are kept here; a second pool below would keep the file open after disposal.
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        var connection = new SqliteConnection(builder.ToString());
        connection.Open();
        return connection;
    }

    private static void CheckFormat(SqliteConnection connection, string path)
    {
        if (Scalar(connection, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'items', 'users')") is not 3L
            || Scalar(connection, "SELECT value FROM meta WHERE name = 'format'") is not long version)
        {
            throw new InvalidDataException($"'{path}' is an SQLite database, but not a catalogue.");
        }

        if (version != FormatVersion)
        {
            throw new InvalidDataException(
                $"The catalogue '{path}' has format version {version.ToString(CultureInfo.InvariantCulture)}; this program reads version {FormatVersion}. Use the program that wrote it, or a newer one.");
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void RollBack()
    {
        try
        {
            Run(_connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // Some errors (a full disk, for one) have already rolled back, and SQLite says so.
        }
    }

    private object? GetMeta(string name)
    {
        _getMeta.Parameters[0].Value = name;
        return _getMeta.ExecuteScalar();
    }
}
