using Microsoft.Data.Sqlite;

namespace Siskin.Storage.Sqlite;

/// <summary>What every store in an SQLite file does with its connections.</summary>
internal static class SqliteConnections
{
    /// <summary>Opens a connection that belongs to the caller alone.</summary>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, TimeSpan? busyTimeout = null)
    {
        // Connections are kept by their stores; a pool below would keep the file open after disposal.
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        if (busyTimeout is { } timeout)
        {
            // Whole seconds, and 0 would be forever.
            builder.DefaultTimeout = Math.Max(1, (int)Math.Ceiling(timeout.TotalSeconds));
        }

        var connection = new SqliteConnection(builder.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Makes a command that can be run many times; its parameters are set by position.</summary>
    public static SqliteCommand Command(this SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    /// <summary>Runs statements.</summary>
    public static void Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query and returns its first value.</summary>
    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        return command.ExecuteScalar();
    }

    /// <summary>Runs work in a transaction that only one writer can have, and commits it unless it throws.</summary>
    public static TResult InTransaction<TArgument, TResult>(this SqliteConnection connection, Func<TArgument, TResult> work, TArgument argument)
    {
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            var result = work(argument);
            connection.Run("COMMIT");
            return result;
        }
        catch
        {
            RollBack(connection);
            throw;
        }
    }

    private static void RollBack(SqliteConnection connection)
    {
        try
        {
            connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // Some errors (a full disk, for one) have already rolled back, and SQLite says so.
        }
    }
}
