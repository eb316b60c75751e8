using Siskin.Inference.Registry;

namespace Siskin.Tests.Server.Models;

/// <summary>Models in memory, whose states and labels a test sets.</summary>
internal sealed class FakeModelServer : IModelServer
{
    private readonly SortedDictionary<string, List<(ServableStatus Status, IServable? Servable)>> _models = new(StringComparer.Ordinal);
    private int _held;

    public IReadOnlyList<string> Names => [.. _models.Keys];

    /// <summary>Leases that were not let go of.</summary>
    public int Held => Volatile.Read(ref _held);

    public List<string> Calls { get; } = [];

    public FakeModelServer Add(string name, IServable? servable, long version = 1, ServableState state = ServableState.Available, string? error = null, params string[] labels)
    {
        if (!_models.TryGetValue(name, out var versions))
        {
            _models[name] = versions = [];
        }

        versions.Insert(0, (new(version, state, error, labels), servable));
        return this;
    }

    public IReadOnlyList<ServableStatus> Versions(string name) => [.. Find(name).Select(v => v.Status)];

    public ServableLease Acquire(string name, long? version = null, string? label = null)
    {
        foreach (var (status, servable) in Find(name))
        {
            if (status.State == ServableState.Available && (version ?? status.Version) == status.Version && (label is null || status.Labels.Contains(label)))
            {
                Interlocked.Increment(ref _held);
                return new(name, status.Version, servable!, () => Interlocked.Decrement(ref _held));
            }
        }

        throw Missing(version is not null ? $"Specific({name}, {version})" : $"Latest({name})");
    }

    public Task LoadAsync(string name, CancellationToken cancellationToken = default) => CallAsync("load", name);

    public Task UnloadAsync(string name, CancellationToken cancellationToken = default) => CallAsync("unload", name);

    private static ServableException Missing(string what) => new(ServableError.NotFound, $"Servable not found for request: {what}");

    private Task CallAsync(string what, string name)
    {
        Find(name);
        lock (Calls)
        {
            Calls.Add($"{what} {name}");
        }

        return Task.CompletedTask;
    }

    private List<(ServableStatus Status, IServable? Servable)> Find(string name) => _models.TryGetValue(name, out var versions) ? versions : throw Missing($"Latest({name})");
}
