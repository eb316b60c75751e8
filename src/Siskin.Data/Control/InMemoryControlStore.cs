namespace Siskin.Data.Control;

/// <summary>A control store that ends with the process.</summary>
public sealed class InMemoryControlStore : IControlStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ControlDocument> _documents = new(StringComparer.Ordinal);
    private long _version;

    /// <inheritdoc/>
    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_version);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ControlDocument?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ControlKey.Check(key);
        lock (_gate)
        {
            return ValueTask.FromResult(_documents.GetValueOrDefault(key));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ControlDocument>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<ControlDocument>>([.. _documents.Values.Where(document => document.Key.StartsWith(prefix, StringComparison.Ordinal))]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> PutAsync(string key, string json, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlKey.Check(key);
        ArgumentNullException.ThrowIfNull(json);
        lock (_gate)
        {
            Require(key, expectedVersion);
            _documents[key] = new ControlDocument(key, json, ++_version);
            return ValueTask.FromResult(_version);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlKey.Check(key);
        lock (_gate)
        {
            if (_documents.ContainsKey(key))
            {
                Require(key, expectedVersion);
                _documents.Remove(key);
                _version++;
            }
        }

        return ValueTask.CompletedTask;
    }

    private void Require(string key, long expected)
    {
        var found = _documents.GetValueOrDefault(key)?.Version ?? 0;
        if (found != expected)
        {
            throw new ControlConflictException(key, expected, found);
        }
    }
}
