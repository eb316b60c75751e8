using System.Collections.Concurrent;

namespace Siskin.Storage.Sqlite;

/// <summary>A few connections for reading, opened when first needed. Safe for concurrent use.</summary>
internal sealed class SqliteReaderPool(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteCatalogueConnection> _idle = [];
    private readonly SemaphoreSlim _turns = new(Math.Max(2, Environment.ProcessorCount));
    private volatile bool _disposed;

    /// <summary>Waits until a connection is free; <see cref="Release"/> follows.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _turns.WaitAsync(cancellationToken);

    /// <summary>Lets another reader have its turn.</summary>
    public void Release() => _turns.Release();

    /// <summary>Runs work on a connection of its own.</summary>
    public TResult Run<TArgument, TResult>(Func<SqliteCatalogueConnection, TArgument, TResult> work, TArgument argument)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_idle.TryTake(out var connection))
        {
            connection = SqliteCatalogueConnection.OpenReader(path);
        }

        try
        {
            return work(connection, argument);
        }
        finally
        {
            _idle.Add(connection);
            CloseIfDisposed();
        }
    }

    /// <summary>Closes the idle connections now, and those at work when they are done.</summary>
    public void Dispose()
    {
        _disposed = true;
        CloseIfDisposed();
    }

    private void CloseIfDisposed()
    {
        while (_disposed && _idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }
}
