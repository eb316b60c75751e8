using Siskin.Data.Catalogue;

namespace Siskin.Tests.Data;

public sealed class InMemoryCatalogueTests : CatalogueConformance
{
    protected override Task<CatalogueBackend> CreateAsync() => Task.FromResult<CatalogueBackend>(new Backend());

    private sealed class Backend : CatalogueBackend
    {
        public override ICatalogue Catalogue { get; } = new InMemoryCatalogue();

        public override ValueTask DisposeAsync() => Catalogue.DisposeAsync();
    }
}
