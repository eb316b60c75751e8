using Microsoft.Data.Sqlite;

namespace Siskin.Storage.Sqlite;

/// <summary>Says what an error of SQLite means for the file, and names it.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>Runs work and translates the errors of SQLite that it throws.</summary>
    /// <param name="subject">What the file holds: the word for it in messages.</param>
    /// <param name="path">The file.</param>
    /// <param name="work">May throw <see cref="SqliteException"/>.</param>
    /// <param name="argument">Given to the work.</param>
    /// <exception cref="InvalidDataException">The file is damaged or something else.</exception>
    /// <exception cref="IOException">Any other error of SQLite.</exception>
    public static TResult Translate<TArgument, TResult>(string subject, string path, Func<TArgument, TResult> work, TArgument argument)
    {
        try
        {
            return work(argument);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            throw new InvalidDataException($"The {subject} '{path}' is damaged or not an SQLite database: {e.Message}", e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Busy)
        {
            throw new IOException($"The {subject} '{path}' is in use by another process that does not let go: {e.Message}", e);
        }
        catch (SqliteException e)
        {
            throw new IOException($"The {subject} '{path}' cannot be read or written: {e.Message}", e);
        }
        catch (InvalidDataException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"The {subject} '{path}' is damaged. {e.Message}", e);
        }
    }
}
