using System.Globalization;
using Microsoft.Data.Sqlite;
using Siskin.Data.Control;

namespace Siskin.Storage.Sqlite;

/// <summary>The connection to a control store's file with its prepared statements. One thread at a time.</summary>
internal sealed class SqliteControlConnection : IDisposable
{
    private const long FormatVersion = 1;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _getVersion;
    private readonly SqliteCommand _setVersion;
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _list;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;

    private SqliteControlConnection(SqliteConnection connection)
    {
        _connection = connection;
        _getVersion = connection.Command("SELECT value FROM meta WHERE name = 'version'");
        _setVersion = connection.Command("UPDATE meta SET value = $version WHERE name = 'version'", "$version");
        _get = connection.Command("SELECT json, version FROM documents WHERE key = $key", "$key");
        _list = connection.Command("SELECT key, json, version FROM documents WHERE key >= $prefix ORDER BY key", "$prefix");
        _put = connection.Command(
            "INSERT INTO documents (key, json, version) VALUES ($key, $json, $version) "
            + "ON CONFLICT (key) DO UPDATE SET json = excluded.json, version = excluded.version",
            "$key",
            "$json",
            "$version");
        _delete = connection.Command("DELETE FROM documents WHERE key = $key", "$key");
    }

    /// <summary>Opens the file; creates it and its tables when missing.</summary>
    /// <exception cref="InvalidDataException">Not a control store, or one of a newer format.</exception>
    public static SqliteControlConnection Open(string path, TimeSpan busyTimeout)
    {
        var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWriteCreate, busyTimeout);
        try
        {
            // The library's own wait sleeps 150 ms at a time; SQLite's begins with 1 ms, and a write takes a few.
            connection.Run($"PRAGMA busy_timeout = {((long)busyTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}");

            // Looked at before anything is set: the mode of the journal would stay with a database of somebody else.
            if (!IsEmpty(connection))
            {
                CheckFormat(connection, path);
            }

            connection.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            connection.InTransaction(
                static connection =>
                {
                    if (IsEmpty(connection))
                    {
                        connection.Run(
                            $"""
                            CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                            CREATE TABLE documents (key TEXT NOT NULL PRIMARY KEY, json TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
                            INSERT INTO meta VALUES ('format', {FormatVersion}), ('version', 0);
                            """);
                    }

                    return true;
                },
                connection);

            // Another process may have made the tables meanwhile, and it may be a newer one.
            CheckFormat(connection, path);
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The version of the latest write.</summary>
    public long GetVersion() =>
        _getVersion.ExecuteScalar() is long version ? version : throw new InvalidDataException("The table 'meta' has no version.");

    /// <summary>A document, or null.</summary>
    public ControlDocument? Get(string key)
    {
        _get.Parameters[0].Value = key;
        using var row = _get.ExecuteReader();
        return row.Read() ? new(key, row.GetString(0), row.GetInt64(1)) : null;
    }

    /// <summary>The documents whose keys begin as given, in ordinal order.</summary>
    public List<ControlDocument> List(string prefix)
    {
        _list.Parameters[0].Value = prefix;
        var documents = new List<ControlDocument>();
        using var row = _list.ExecuteReader();

        // In the order of UTF-8 bytes all keys with one prefix stand together, and begin where the prefix would.
        while (row.Read() && row.GetString(0) is var key && key.StartsWith(prefix, StringComparison.Ordinal))
        {
            documents.Add(new(key, row.GetString(1), row.GetInt64(2)));
        }

        // Ordinal order is that of UTF-16, which differs from that of the bytes above U+FFFF.
        documents.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return documents;
    }

    /// <summary>Writes a document and returns its version; durable.</summary>
    /// <exception cref="ControlConflictException">Its version is not the expected one.</exception>
    public long Put(string key, string json, long expectedVersion) =>
        _connection.InTransaction(
            static a =>
            {
                CheckVersion(a.key, a.expectedVersion, a.self.Get(a.key)?.Version ?? 0);
                var version = a.self.NextVersion();
                var parameters = a.self._put.Parameters;
                parameters[0].Value = a.key;
                parameters[1].Value = a.json;
                parameters[2].Value = version;
                a.self._put.ExecuteNonQuery();
                return version;
            },
            (self: this, key, json, expectedVersion));

    /// <summary>Deletes a document; durable.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ControlConflictException">Its version is not the expected one.</exception>
    public bool Delete(string key, long expectedVersion) =>
        _connection.InTransaction(
            static a =>
            {
                if (a.self.Get(a.key) is not { } present)
                {
                    return false;
                }

                CheckVersion(a.key, a.expectedVersion, present.Version);
                a.self.NextVersion();
                a.self._delete.Parameters[0].Value = a.key;
                a.self._delete.ExecuteNonQuery();
                return true;
            },
            (self: this, key, expectedVersion));

    public void Dispose()
    {
        _getVersion.Dispose();
        _setVersion.Dispose();
        _get.Dispose();
        _list.Dispose();
        _put.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private static bool IsEmpty(SqliteConnection connection) => connection.Scalar("SELECT COUNT(*) FROM sqlite_master") is 0L;

    private static void CheckFormat(SqliteConnection connection, string path)
    {
        if (connection.Scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'documents')") is not 2L
            || connection.Scalar("SELECT value FROM meta WHERE name = 'format'") is not long version)
        {
            throw new InvalidDataException($"'{path}' is an SQLite database, but not a control store.");
        }

        if (version != FormatVersion)
        {
            throw new InvalidDataException(
                $"The control store '{path}' has format version {version.ToString(CultureInfo.InvariantCulture)}; this program reads version {FormatVersion}. Use the program that wrote it, or a newer one.");
        }
    }

    private static void CheckVersion(string key, long expected, long found)
    {
        if (found != expected)
        {
            throw new ControlConflictException(key, expected, found);
        }
    }

    private long NextVersion()
    {
        var version = GetVersion() + 1;
        _setVersion.Parameters[0].Value = version;
        _setVersion.ExecuteNonQuery();
        return version;
    }
}
