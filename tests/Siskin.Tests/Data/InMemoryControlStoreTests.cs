using Siskin.Data.Control;

namespace Siskin.Tests.Data;

public sealed class InMemoryControlStoreTests : ControlStoreConformance
{
    protected override ControlStoreBackend Create() => new Backend();

    private sealed class Backend : ControlStoreBackend
    {
        public override IControlStore Store { get; } = new InMemoryControlStore();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
