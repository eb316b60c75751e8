using Siskin.Data.Control;
using Siskin.Storage.Sqlite;
using Siskin.Tests.Data.Control;

namespace Siskin.Tests.Storage;

public sealed class SqliteControlStoreTests : ControlStoreConformance
{
    [Fact]
    public async Task A_file_opened_again_or_by_another_holds_what_was_put()
    {
        using var folder = new TemporaryFolder();
        using var first = SqliteControlStore.Open(folder.File("control.db"));
        var version = await first.PutAsync("a", "1", 0);
        using (var second = SqliteControlStore.Open(folder.File("control.db")))
        {
            Assert.Equal("1", (await second.GetAsync("a"))!.Json);
            await second.PutAsync("a", "2", version);
        }

        await Assert.ThrowsAsync<ControlConflictException>(() => first.PutAsync("a", "3", version).AsTask());
        Assert.Equal("2", (await first.GetAsync("a"))!.Json);
    }

    [Fact]
    public void A_damaged_file_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("control.db"), new string('x', 4096));
        var error = Assert.Throws<InvalidDataException>(() => SqliteControlStore.Open(folder.File("control.db")));
        Assert.Contains(folder.File("control.db"), error.Message, StringComparison.Ordinal);
    }

    protected override IDisposable Create(out IControlStore store)
    {
        var folder = new TemporaryFolder();
        var opened = SqliteControlStore.Open(folder.File("control.db"));
        store = opened;
        return new Both(opened, folder);
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
