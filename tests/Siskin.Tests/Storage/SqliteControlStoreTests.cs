using Microsoft.Data.Sqlite;
using Siskin.Data.Control;
using Siskin.Storage.Sqlite;
using Siskin.Tests.Data;

namespace Siskin.Tests.Storage;

public sealed class SqliteControlStoreTests : ControlStoreConformance
{
    [Fact]
    public async Task What_was_written_is_there_after_reopening_and_the_counter_goes_on()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using (var store = SqliteControlStore.Open(path))
        {
            await store.PutAsync("a", "{\"x\":1}", 0);
            await store.PutAsync("b", "{}", 0);
            await store.DeleteAsync("b", 2);
        }

        await using var reopened = SqliteControlStore.Open(path);

        Assert.Equal([new("a", "{\"x\":1}", 1)], await reopened.ListAsync(string.Empty));
        Assert.Equal(3, await reopened.GetVersionAsync());
        Assert.Equal(4, await reopened.PutAsync("a", "{}", 1));
    }

    [Fact]
    public async Task Two_instances_over_one_file_see_each_others_writes_and_conflict()
    {
        using var folder = new TemporaryFolder();
        await using var one = SqliteControlStore.Open(folder.File("control.db"));
        await using var two = SqliteControlStore.Open(folder.File("control.db"));

        await one.PutAsync("a", "of one", 0);
        Assert.Equal(new ControlDocument("a", "of one", 1), await two.GetAsync("a"));
        await Assert.ThrowsAsync<ControlConflictException>(async () => await two.PutAsync("a", "of two", 0));
        Assert.Equal(2, await two.PutAsync("a", "of two", 1));
        await Assert.ThrowsAsync<ControlConflictException>(async () => await one.PutAsync("a", "of one", 1));
        await Assert.ThrowsAsync<ControlConflictException>(async () => await one.DeleteAsync("a", 1));
        Assert.Equal(2, await one.GetVersionAsync());
        Assert.Equal([new("a", "of two", 2)], await one.ListAsync("a"));
        await one.DeleteAsync("a", 2);
        Assert.Null(await two.GetAsync("a"));
        Assert.Equal(3, await two.GetVersionAsync());
    }

    [Fact]
    public async Task Many_may_open_a_file_that_is_not_there_yet()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 5; round++)
        {
            var path = folder.File($"control-{round}.db");
            using var start = new Barrier(6);
            var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return SqliteControlStore.Open(path);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            await stores[0].PutAsync("a", "1", 0);
            foreach (var store in stores)
            {
                Assert.Equal(1, (await store.GetAsync("a"))?.Version);
                await store.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Commits_go_to_a_write_ahead_log()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using var store = SqliteControlStore.Open(path);
        await store.PutAsync("a", "1", 0);

        Assert.Equal("wal", Execute(path, "PRAGMA journal_mode"));
        Assert.True(new FileInfo(path + "-wal").Length > 0);
    }

    [Fact]
    public async Task What_a_process_wrote_that_did_not_close_the_file_is_there()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using var store = SqliteControlStore.Open(path);
        await store.PutAsync("a", "1", 0);

        // The files as they stand at this moment are what a killed process would leave.
        var left = folder.File("left.db");
        File.Copy(path, left);
        File.Copy(path + "-wal", left + "-wal");
        await using var recovered = SqliteControlStore.Open(left);

        Assert.Equal(new ControlDocument("a", "1", 1), await recovered.GetAsync("a"));
    }

    [Fact]
    public async Task A_writer_that_does_not_let_go_is_an_IOException_for_writers_only()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using var store = SqliteControlStore.Open(path, TimeSpan.FromMilliseconds(50));
        await store.PutAsync("a", "1", 0);
        using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            other.Open();
            other.Run("BEGIN IMMEDIATE");

            var error = await Assert.ThrowsAsync<IOException>(async () => await store.PutAsync("a", "2", 1));
            Assert.Contains($"control store '{path}' is in use", error.Message);
            await Assert.ThrowsAsync<IOException>(async () => await store.DeleteAsync("a", 1));
            Assert.Equal("1", (await store.GetAsync("a"))?.Json);
        }

        Assert.Equal(2, await store.PutAsync("a", "2", 1));
    }

    [Fact]
    public async Task A_writer_is_waited_for()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using var store = SqliteControlStore.Open(path);
        using var other = new SqliteConnection($"Data Source={path};Pooling=False");
        other.Open();
        other.Run("BEGIN IMMEDIATE; UPDATE meta SET value = 10 WHERE name = 'version'");

        var put = Task.Run(async () => await store.PutAsync("a", "1", 0));
        await Task.Delay(50);
        Assert.False(put.IsCompleted);
        other.Run("COMMIT");

        Assert.Equal(11, await put);
    }

    [Fact]
    public async Task A_write_that_fails_in_its_midst_is_rolled_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using var store = SqliteControlStore.Open(path);
        await store.PutAsync("a", "1", 0);
        Execute(path, "CREATE TRIGGER refuse BEFORE UPDATE ON documents BEGIN SELECT RAISE(FAIL, 'no more'); END");

        var error = await Assert.ThrowsAsync<IOException>(async () => await store.PutAsync("a", "2", 1));

        Assert.Contains(path, error.Message);
        Assert.Equal(1, await store.GetVersionAsync());
        Execute(path, "DROP TRIGGER refuse");
        Assert.Equal(2, await store.PutAsync("a", "2", 1));
    }

    [Fact]
    public void A_file_that_is_no_database_is_an_IOException_with_the_path()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("This is not a database. ", 500)));
        var before = File.ReadAllBytes(path);

        var error = Assert.Throws<IOException>(() => SqliteControlStore.Open(path));

        Assert.Contains($"control store '{path}' is damaged", error.Message);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Damaged_pages_are_an_IOException_with_the_path()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using (var store = SqliteControlStore.Open(path))
        {
            await store.PutAsync("a", "1", 0);
            await store.PutAsync("b", "2", 0);
        }

        using (var file = File.OpenWrite(path))
        {
            // All but the first page, which holds the table of contents.
            file.Position = 4_096;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4_096).ToArray());
        }

        foreach (var call in (Func<SqliteControlStore, Task>[])[
            async store => await store.GetAsync("a"),
            async store => await store.ListAsync(string.Empty),
            async store => await store.GetVersionAsync(),
            async store => await store.PutAsync("a", "3", 1),
            async store => await store.DeleteAsync("a", 1)])
        {
            var error = await Assert.ThrowsAsync<IOException>(async () =>
            {
                await using var store = SqliteControlStore.Open(path);
                await call(store);
            });
            Assert.Contains(path, error.Message);
        }
    }

    [Fact]
    public async Task Damage_that_is_met_after_opening_is_an_IOException_with_the_path()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await using var store = SqliteControlStore.Open(path);
        await store.PutAsync("a", "1", 0);
        Execute(path, "DELETE FROM meta WHERE name = 'version'");

        var read = await Assert.ThrowsAsync<IOException>(async () => await store.GetVersionAsync());
        var write = await Assert.ThrowsAsync<IOException>(async () => await store.PutAsync("a", "2", 1));

        Assert.Contains($"control store '{path}' is damaged", read.Message);
        Assert.Contains($"control store '{path}' is damaged", write.Message);
        Assert.Equal("1", (await store.GetAsync("a"))?.Json);
    }

    [Fact]
    public async Task A_file_of_a_newer_format_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        await SqliteControlStore.Open(path).DisposeAsync();
        Execute(path, "UPDATE meta SET value = 2 WHERE name = 'format'");

        var error = Assert.Throws<IOException>(() => SqliteControlStore.Open(path));

        Assert.Contains(path, error.Message);
        Assert.Contains("version 2", error.Message);
    }

    [Fact]
    public void A_database_of_something_else_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("other.db");
        Execute(path, "CREATE TABLE shopping (what TEXT)");
        var before = File.ReadAllBytes(path);

        var error = Assert.Throws<IOException>(() => SqliteControlStore.Open(path));

        Assert.Contains($"'{path}' is an SQLite database, but not a control store", error.Message);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task A_catalogue_is_not_taken_for_a_control_store()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("catalogue.db");
        await SqliteCatalogue.Open(path).DisposeAsync();

        var error = Assert.Throws<IOException>(() => SqliteControlStore.Open(path));

        Assert.Contains("not a control store", error.Message);
    }

    [Fact]
    public void A_folder_in_place_of_the_file_and_a_missing_folder_are_IOExceptions_with_the_path()
    {
        using var folder = new TemporaryFolder();
        var missing = Path.Combine(folder.Path, "missing", "control.db");

        Assert.Contains(folder.Path, Assert.Throws<IOException>(() => SqliteControlStore.Open(folder.Path)).Message);
        Assert.Contains(missing, Assert.Throws<IOException>(() => SqliteControlStore.Open(missing)).Message);
    }

    [Fact]
    public async Task A_disposed_store_refuses_calls_and_lets_go_of_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("control.db");
        var store = SqliteControlStore.Open(path);
        await store.PutAsync("a", "1", 0);

        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.PutAsync("a", "2", 1));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    protected override ControlStoreBackend Create() => new Backend();

    private static object? Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection.Scalar(sql);
    }

    private sealed class Backend : ControlStoreBackend
    {
        private readonly TemporaryFolder _folder = new();
        private readonly List<SqliteControlStore> _stores = [];

        public Backend() => Store = OpenAnother();

        public override IControlStore Store { get; }

        public override IControlStore OpenAnother()
        {
            var store = SqliteControlStore.Open(_folder.File("control.db"));
            _stores.Add(store);
            return store;
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var store in _stores)
            {
                await store.DisposeAsync();
            }

            _folder.Dispose();
        }
    }
}
