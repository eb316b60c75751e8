using Siskin.Data.Control;

namespace Siskin.Tests.Data;

/// <summary>One empty control store for one test.</summary>
public abstract class ControlStoreBackend : IAsyncDisposable
{
    /// <summary>The store under test.</summary>
    public abstract IControlStore Store { get; }

    /// <summary>
    /// Another instance over the same documents, as another process would have; the same one for a backend that
    /// ends with its instance. Goes away with the backend.
    /// </summary>
    public virtual IControlStore OpenAnother() => Store;

    public abstract ValueTask DisposeAsync();
}
