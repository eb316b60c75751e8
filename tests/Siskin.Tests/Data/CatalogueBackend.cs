using Siskin.Data.Catalogue;

namespace Siskin.Tests.Data;

/// <summary>One empty catalogue for one test, and what its backend can do beyond the contract.</summary>
public abstract class CatalogueBackend : IAsyncDisposable
{
    /// <summary>The catalogue under test.</summary>
    public abstract ICatalogue Catalogue { get; }

    /// <summary>
    /// Closes the catalogue and opens what it stored; <see cref="Catalogue"/> is then a new instance.
    /// Does nothing for a backend that ends with its instance.
    /// </summary>
    public virtual Task ReopenAsync() => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}
