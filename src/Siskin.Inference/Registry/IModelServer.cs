namespace Siskin.Inference.Registry;

/// <summary>The models that this process holds.</summary>
/// <remarks>Safe for concurrent use; asking takes no lock.</remarks>
public interface IModelServer
{
    /// <summary>Names of the models, in order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The versions of a model, newest first: all that are loaded or loading, and those that could not be loaded.</summary>
    /// <exception cref="ServableException">There is no such model.</exception>
    IReadOnlyList<ServableStatus> Versions(string name);

    /// <summary>Holds a version; the newest that is available where neither version nor label is given.</summary>
    /// <param name="name">Of the model.</param>
    /// <param name="version">A number; null when a label or the newest is meant.</param>
    /// <param name="label">A label such as <c>stable</c>; null when a version or the newest is meant.</param>
    /// <exception cref="ServableException"><see cref="ServableError.NotFound"/>: there is none, or it is not available.</exception>
    ServableLease Acquire(string name, long? version = null, string? label = null);

    /// <summary>Loads a model that was unloaded, or looks for newer versions of one that is not.</summary>
    /// <exception cref="ServableException">There is no such model, or none of its versions can be loaded.</exception>
    Task LoadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Unloads all versions of a model, until it is loaded again.</summary>
    /// <exception cref="ServableException">There is no such model.</exception>
    Task UnloadAsync(string name, CancellationToken cancellationToken = default);
}
