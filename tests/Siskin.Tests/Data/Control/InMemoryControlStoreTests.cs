using Siskin.Data.Control;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Data.Control;

public sealed class InMemoryControlStoreTests : ControlStoreConformance
{
    protected override IDisposable Create(out IControlStore store)
    {
        store = new InMemoryControlStore();
        return new TemporaryFolder();
    }
}
