namespace Siskin.Data.Control;

/// <summary>A control store that lives and ends with the process: for tests, evaluation and embedding.</summary>
/// <remarks>One lock for all. A listing looks at every document. All calls complete synchronously.</remarks>
public sealed class InMemoryControlStore : IControlStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ControlDocument> _documents = new(StringComparer.Ordinal);
    private long _version;

    /// <inheritdoc/>
    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_version);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ControlDocument?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult(_documents.GetValueOrDefault(key));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ControlDocument>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckPrefix(prefix);
        cancellationToken.ThrowIfCancellationRequested();
        var found = new List<ControlDocument>();
        lock (_gate)
        {
            foreach (var document in _documents.Values)
            {
                if (document.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    found.Add(document);
                }
            }
        }

        return ValueTask.FromResult<IReadOnlyList<ControlDocument>>(found);
    }

    /// <inheritdoc/>
    public ValueTask<long> PutAsync(string key, string json, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckKey(key);
        ControlArguments.CheckJson(json);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            CheckVersion(key, expectedVersion, _documents.TryGetValue(key, out var present) ? present.Version : 0);
            _documents[key] = new(key, json, ++_version);
            return ValueTask.FromResult(_version);
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(string key, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ControlArguments.CheckKey(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_documents.TryGetValue(key, out var present))
            {
                CheckVersion(key, expectedVersion, present.Version);
                _documents.Remove(key);
                _version++;
            }
        }

        return ValueTask.CompletedTask;
    }

    private static void CheckVersion(string key, long expected, long found)
    {
        if (found != expected)
        {
            throw new ControlConflictException(key, expected, found);
        }
    }
}
