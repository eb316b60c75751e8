using Siskin.Inference.Registry;

namespace Siskin.Server.Api.Models;

/// <summary>The models of an app that holds none.</summary>
internal sealed class NoModels : IModelServer
{
    public IReadOnlyList<string> Names => [];

    public IReadOnlyList<ServableStatus> Versions(string name) => throw Missing(name);

    public ServableLease Acquire(string name, long? version = null, string? label = null) => throw Missing(name);

    public Task LoadAsync(string name, CancellationToken cancellationToken = default) => Task.FromException(Missing(name));

    public Task UnloadAsync(string name, CancellationToken cancellationToken = default) => Task.FromException(Missing(name));

    private static ServableException Missing(string name) => new(ServableError.NotFound, $"there is no model '{name}'");
}
