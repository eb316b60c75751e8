using Microsoft.Data.Sqlite;
using Siskin.Data.Catalogue;
using Siskin.Storage.Sqlite;
using Siskin.Tests.Data;

namespace Siskin.Tests.Storage;

public sealed class SqliteCatalogueTests : CatalogueConformance
{
    [Fact]
    public async Task A_file_of_a_newer_format_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("catalogue.db");
        await SqliteCatalogue.Open(path).DisposeAsync();
        Execute(path, "UPDATE meta SET value = 2 WHERE name = 'format'");

        var error = Assert.Throws<InvalidDataException>(() => SqliteCatalogue.Open(path));

        Assert.Contains(path, error.Message);
        Assert.Contains("version 2", error.Message);
    }

    [Fact]
    public void A_database_of_something_else_is_refused_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("other.db");
        Execute(path, "CREATE TABLE shopping (what TEXT)");

        var error = Assert.Throws<InvalidDataException>(() => SqliteCatalogue.Open(path));

        Assert.Contains(path, error.Message);
        Execute(path, "SELECT what FROM shopping");
    }

    [Fact]
    public void A_file_that_is_no_database_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("catalogue.db");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("This is not a database. ", 500)));

        var error = Assert.Throws<InvalidDataException>(() => SqliteCatalogue.Open(path));

        Assert.Contains(path, error.Message);
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_an_error_of_the_medium()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<IOException>(() => SqliteCatalogue.Open(folder.Path));

        Assert.Contains(folder.Path, error.Message);
    }

    [Fact]
    public async Task Damaged_pages_are_reported_with_the_path()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("catalogue.db");
        await using (var catalogue = SqliteCatalogue.Open(path))
        {
            await catalogue.UpsertItemsAsync([.. Enumerable.Range(0, 2_000).Select(i => new Item { Id = $"item-{i}", Title = new string('x', 50) })]);
        }

        using (var file = File.OpenWrite(path))
        {
            // All but the first page, which holds the table of contents.
            file.Position = 4_096;
            file.Write(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4_096).ToArray());
        }

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using var catalogue = SqliteCatalogue.Open(path);
            await catalogue.GetItemAsync("item-77");
        });

        Assert.Contains(path, error.Message);
    }

    [Fact]
    public async Task A_row_that_is_not_JSON_is_reported_with_path_and_id()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("catalogue.db");
        await using var catalogue = SqliteCatalogue.Open(path);
        await catalogue.UpsertItemsAsync([new() { Id = "broken" }]);
        Execute(path, "UPDATE items SET value = CAST('{\"title\":' AS BLOB)");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => catalogue.GetItemAsync("broken").AsTask());

        Assert.Contains(path, error.Message);
        Assert.Contains("broken", error.Message);
    }

    [Fact]
    public async Task Commits_are_synced_to_a_write_ahead_log()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("catalogue.db");
        await using var catalogue = SqliteCatalogue.Open(path);
        await catalogue.UpsertItemsAsync([new() { Id = "a" }]);

        Assert.Equal("wal", Execute(path, "PRAGMA journal_mode"));
        Assert.True(new FileInfo(path + "-wal").Length > 0);
    }

    [Fact]
    public async Task A_cancelled_batch_is_rolled_back_and_the_next_one_works()
    {
        using var folder = new TemporaryFolder();
        await using var catalogue = SqliteCatalogue.Open(folder.File("catalogue.db"));
        using var source = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => catalogue.UpsertItemsAsync(new CancellingList(source, 50), source.Token).AsTask());

        Assert.Equal(0, await catalogue.CountItemsAsync());
        Assert.Null(await catalogue.GetItemAsync("i0"));
        Assert.Equal(0, await catalogue.GetVersionAsync());
        await catalogue.UpsertItemsAsync([new() { Id = "i0" }]);
        Assert.Equal(1, await catalogue.GetVersionAsync());
    }

    [Fact]
    public async Task Readers_see_whole_batches_beside_a_writer()
    {
        using var folder = new TemporaryFolder();
        await using var catalogue = SqliteCatalogue.Open(folder.File("catalogue.db"));
        await catalogue.UpsertItemsAsync([new() { Id = "a", Price = 0 }, new() { Id = "b", Price = 0 }]);

        var writer = Task.Run(async () =>
        {
            for (var i = 1; i <= 30; i++)
            {
                await catalogue.UpsertItemsAsync([new() { Id = "a", Price = i }, new() { Id = "b", Price = i }]);
            }
        });
        do
        {
            var page = await catalogue.ListItemsAsync(null, 10);
            Assert.Equal(page.Values[0].Price, page.Values[1].Price);
        }
        while (!writer.IsCompleted);

        await writer;
        Assert.Equal(30, (await catalogue.GetItemAsync("a"))?.Price);
    }

    protected override Task<CatalogueBackend> CreateAsync() => Task.FromResult<CatalogueBackend>(new Backend());

    private static object? Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private sealed class Backend : CatalogueBackend
    {
        private readonly TemporaryFolder _folder = new();
        private SqliteCatalogue _catalogue;

        public Backend() => _catalogue = SqliteCatalogue.Open(_folder.File("catalogue.db"));

        public override ICatalogue Catalogue => _catalogue;

        public override async Task ReopenAsync()
        {
            await _catalogue.DisposeAsync();
            _catalogue = SqliteCatalogue.Open(_folder.File("catalogue.db"));
        }

        public override async ValueTask DisposeAsync()
        {
            await _catalogue.DisposeAsync();
            _folder.Dispose();
        }
    }

    /// <summary>A hundred items; cancels when one of them is asked for the second time, in the midst of the writing.</summary>
    private sealed class CancellingList(CancellationTokenSource source, int at) : IReadOnlyList<Item>
    {
        private bool _seen;

        public int Count => 100;

        public Item this[int index]
        {
            get
            {
                if (index == at)
                {
                    if (_seen)
                    {
                        source.Cancel();
                    }

                    _seen = true;
                }

                return new() { Id = $"i{index}" };
            }
        }

        public IEnumerator<Item> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
