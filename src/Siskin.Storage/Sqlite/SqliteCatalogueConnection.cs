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
        _getMeta = connection.Command("SELECT value FROM meta WHERE name = $name", "$name");
        _setMeta = connection.Command(
            "INSERT INTO meta (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            "$name",
            "$value");
        Items = new(connection, "items", item => item.Id, CatalogueJson.Write, CatalogueJson.ReadItem);
        Users = new(connection, "users", user => user.Id, CatalogueJson.Write, CatalogueJson.ReadUser);
    }

    public SqliteCatalogueTable<Item> Items { get; }

    public SqliteCatalogueTable<User> Users { get; }

    /// <summary>Opens the file for reading and writing; creates the file and its tables when missing.</summary>
    /// <exception cref="InvalidDataException">Not a catalogue, or one of a newer format.</exception>
    public static SqliteCatalogueConnection OpenWriter(string path)
    {
        var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768");
            connection.Run("BEGIN IMMEDIATE");
            if (connection.Scalar("SELECT COUNT(*) FROM sqlite_master") is 0L)
            {
                // Keys are random: as primary keys they would spread a batch over every page of the table. Measured,
                // rows in order of insertion with the key in an index take batches more than twice as fast.
                connection.Run(
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
            connection.Run("COMMIT");
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens one more connection for reading.</summary>
    public static SqliteCatalogueConnection OpenReader(string path) => new(SqliteConnections.Open(path, SqliteOpenMode.ReadOnly));

    /// <summary>Runs work in a transaction that only one writer can have, and commits it unless it throws.</summary>
    public TResult InTransaction<TArgument, TResult>(Func<SqliteCatalogueConnection, TArgument, TResult> work, TArgument argument) =>
        _connection.InTransaction(static a => a.work(a.self, a.argument), (self: this, work, argument));

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

    private static void CheckFormat(SqliteConnection connection, string path)
    {
        if (connection.Scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'items', 'users')") is not 3L
            || connection.Scalar("SELECT value FROM meta WHERE name = 'format'") is not long version)
        {
            throw new InvalidDataException($"'{path}' is an SQLite database, but not a catalogue.");
        }

        if (version != FormatVersion)
        {
            throw new InvalidDataException(
                $"The catalogue '{path}' has format version {version.ToString(CultureInfo.InvariantCulture)}; this program reads version {FormatVersion}. Use the program that wrote it, or a newer one.");
        }
    }

    private object? GetMeta(string name)
    {
        _getMeta.Parameters[0].Value = name;
        return _getMeta.ExecuteScalar();
    }
}
