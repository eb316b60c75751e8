using System.Collections.Concurrent;
using System.Globalization;
using Siskin.Data.Control;

namespace Siskin.Tests.Data;

/// <summary>What every backend of <see cref="IControlStore"/> promises.</summary>
public abstract class ControlStoreConformance
{
    protected abstract ControlStoreBackend Create();

    [Fact]
    public async Task An_empty_store_has_version_zero_and_no_documents()
    {
        await using var backend = Create();

        Assert.Equal(0, await backend.Store.GetVersionAsync());
        Assert.Null(await backend.Store.GetAsync("a"));
        Assert.Empty(await backend.Store.ListAsync(string.Empty));
    }

    [Fact]
    public async Task A_document_comes_back_to_the_letter()
    {
        await using var backend = Create();
        string[] keys = ["a", "A", "model/ctr@3", "käse 🧀 \"1\" '; --", " ", new('k', ControlArguments.MaxKeyLength)];
        foreach (var key in keys)
        {
            await backend.Store.PutAsync(key, $$"""  { "key": "{{key.Length}} ü🧀\u0000",{{"\r\n"}} "n": 1.50 }  """, 0);
        }

        foreach (var key in keys)
        {
            var document = await backend.Store.GetAsync(key);
            Assert.Equal(key, document?.Key);
            Assert.Equal($$"""  { "key": "{{key.Length}} ü🧀\u0000",{{"\r\n"}} "n": 1.50 }  """, document?.Json);
        }

        Assert.Equal(keys.Length, (await backend.Store.ListAsync(string.Empty)).Count);
    }

    [Fact]
    public async Task A_large_and_an_empty_content_come_back()
    {
        await using var backend = Create();
        var large = $"\"{new string('ü', 2_000_000)}\"";

        await backend.Store.PutAsync("large", large, 0);
        await backend.Store.PutAsync("empty", string.Empty, 0);

        Assert.Equal(large, (await backend.Store.GetAsync("large"))?.Json);
        Assert.Equal(string.Empty, (await backend.Store.GetAsync("empty"))?.Json);
    }

    [Fact]
    public async Task Writes_and_deletes_of_all_documents_share_one_counter()
    {
        await using var backend = Create();
        var store = backend.Store;

        Assert.Equal(1, await store.PutAsync("a", "1", 0));
        Assert.Equal(2, await store.PutAsync("b", "2", 0));
        Assert.Equal(3, await store.PutAsync("a", "3", 1));
        await store.DeleteAsync("b", 2);
        Assert.Equal(4, await store.GetVersionAsync());
        Assert.Equal(5, await store.PutAsync("b", "5", 0));

        Assert.Equal(5, await store.GetVersionAsync());
        Assert.Equal(new ControlDocument("a", "3", 3), await store.GetAsync("a"));
        Assert.Equal(new ControlDocument("b", "5", 5), await store.GetAsync("b"));
    }

    [Fact]
    public async Task The_counter_does_not_fall_when_the_last_document_goes()
    {
        await using var backend = Create();
        await backend.Store.PutAsync("a", "1", 0);

        await backend.Store.DeleteAsync("a", 1);

        Assert.Null(await backend.Store.GetAsync("a"));
        Assert.Empty(await backend.Store.ListAsync(string.Empty));
        Assert.Equal(2, await backend.Store.GetVersionAsync());
        Assert.Equal(3, await backend.Store.PutAsync("a", "again", 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    public async Task A_write_that_expects_another_version_is_refused_and_changes_nothing(long expected)
    {
        await using var backend = Create();
        var store = backend.Store;
        await store.PutAsync("a", "first", 0);
        await store.PutAsync("a", "second", 1);

        var put = await Assert.ThrowsAsync<ControlConflictException>(async () => await store.PutAsync("a", "third", expected));
        var delete = await Assert.ThrowsAsync<ControlConflictException>(async () => await store.DeleteAsync("a", expected));

        Assert.Equal("a", put.Key);
        Assert.Contains($"version 2, not {expected}", put.Message);
        Assert.Equal("a", delete.Key);
        Assert.Contains($"version 2, not {expected}", delete.Message);
        Assert.Equal(new ControlDocument("a", "second", 2), await store.GetAsync("a"));
        Assert.Equal(2, await store.GetVersionAsync());
        Assert.Equal(3, await store.PutAsync("a", "third", 2));
    }

    [Fact]
    public async Task A_write_that_expects_a_document_where_none_is_any_more_is_refused()
    {
        await using var backend = Create();
        var store = backend.Store;
        await store.PutAsync("a", "1", 0);
        await store.DeleteAsync("a", 1);

        var error = await Assert.ThrowsAsync<ControlConflictException>(async () => await store.PutAsync("a", "2", 1));

        Assert.Contains("version 0, not 1", error.Message);
        Assert.Null(await store.GetAsync("a"));
    }

    [Fact]
    public async Task A_version_from_before_a_deletion_does_not_fit_the_document_made_since()
    {
        await using var backend = Create();
        var store = backend.Store;
        var before = await store.PutAsync("a", "1", 0);
        await store.DeleteAsync("a", before);
        await store.PutAsync("a", "1", 0);

        await Assert.ThrowsAsync<ControlConflictException>(async () => await store.PutAsync("a", "2", before));
        await Assert.ThrowsAsync<ControlConflictException>(async () => await store.DeleteAsync("a", before));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_does_nothing()
    {
        await using var backend = Create();
        await backend.Store.PutAsync("a", "1", 0);

        await backend.Store.DeleteAsync("b", 0);
        await backend.Store.DeleteAsync("b", 7);

        Assert.Equal(1, await backend.Store.GetVersionAsync());
        Assert.NotNull(await backend.Store.GetAsync("a"));
    }

    [Theory]
    [InlineData("", "%|A|Za|a|a%|a%b|aXb|a_|ab|model/|model/1|modelX1|é|\U0001F9C0|\uE000|\uFFFD")]
    [InlineData("a", "a|a%|a%b|aXb|a_|ab")]
    [InlineData("a%", "a%|a%b")]
    [InlineData("a_", "a_")]
    [InlineData("%", "%")]
    [InlineData("_", "")]
    [InlineData("*", "")]
    [InlineData("model/", "model/|model/1")]
    [InlineData("A", "A")]
    [InlineData("\U0001F9C0", "\U0001F9C0")]
    [InlineData("\uFFFD", "\uFFFD")]
    [InlineData("model/12", "")]
    [InlineData("\U0010FFFF", "")]
    public async Task A_prefix_is_taken_to_the_letter_and_the_order_is_ordinal(string prefix, string expected)
    {
        await using var backend = Create();
        string[] keys = ["model/1", "\uFFFD", "a", "%", "modelX1", "a_", "\uE000", "Za", "é", "aXb", "model/", "a%b", "A", "\U0001F9C0", "ab", "a%"];
        foreach (var key in keys)
        {
            await backend.Store.PutAsync(key, $"of {key}", 0);
        }

        var documents = await backend.Store.ListAsync(prefix);

        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), documents.Select(document => document.Key));
        Assert.All(documents, document => Assert.Equal(new(document.Key, $"of {document.Key}", Array.IndexOf(keys, document.Key) + 1), document));
    }

    [Fact]
    public async Task A_listing_does_not_change_with_later_writes()
    {
        await using var backend = Create();
        await backend.Store.PutAsync("a", "1", 0);

        var documents = await backend.Store.ListAsync(string.Empty);
        await backend.Store.PutAsync("a", "2", 1);
        await backend.Store.PutAsync("b", "3", 0);

        Assert.Equal([new("a", "1", 1)], documents);
    }

    [Fact]
    public async Task Keys_and_contents_that_a_store_cannot_hold_are_refused()
    {
        await using var backend = Create();
        var store = backend.Store;
        string[] unstorable = ["a\0b", "half \uD83E", "\uDDC0 half", "\uD83E\uD83E\uDDC0", "\uDDC0\uD83E"];
        foreach (var key in (string[])[string.Empty, new('k', ControlArguments.MaxKeyLength + 1), .. unstorable])
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(async () => await store.PutAsync(key, "1", 0));
            Assert.Equal("key", error.ParamName);
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.GetAsync(key));
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.DeleteAsync(key, 0));
        }

        foreach (var text in unstorable)
        {
            Assert.Equal("json", (await Assert.ThrowsAsync<ArgumentException>(async () => await store.PutAsync("a", text, 0))).ParamName);
            Assert.Equal("prefix", (await Assert.ThrowsAsync<ArgumentException>(async () => await store.ListAsync(text))).ParamName);
        }

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.PutAsync(null!, "1", 0));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.PutAsync("a", null!, 0));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ListAsync(null!));
        Assert.Equal(0, await store.GetVersionAsync());
    }

    [Fact]
    public async Task A_cancelled_call_changes_nothing()
    {
        await using var backend = Create();
        var store = backend.Store;
        await store.PutAsync("a", "1", 0);
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PutAsync("a", "2", 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.DeleteAsync("a", 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ListAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.GetVersionAsync(cancelled));

        Assert.Equal(new ControlDocument("a", "1", 1), await store.GetAsync("a"));
    }

    [Fact]
    public async Task Of_many_concurrent_increments_none_is_lost()
    {
        const int Writers = 6;
        const int Increments = 20;
        await using var backend = Create();
        IControlStore[] stores = [backend.Store, backend.OpenAnother(), backend.OpenAnother()];
        var versions = new ConcurrentBag<long>();
        using var start = new Barrier(Writers);

        // Threads of their own: the pool would begin some writers only when others are done.
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Increments; i++)
                {
                    versions.Add(IncrementAsync(stores[writer % stores.Length], "counter").GetAwaiter().GetResult());
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
        await Task.WhenAll(writers);

        Assert.Equal(
            new ControlDocument("counter", (Writers * Increments).ToString(CultureInfo.InvariantCulture), Writers * Increments),
            await backend.Store.GetAsync("counter"));
        Assert.Equal(Enumerable.Range(1, Writers * Increments).Select(version => (long)version), versions.Order());
    }

    [Fact]
    public async Task Of_concurrent_first_writes_one_wins()
    {
        await using var backend = Create();
        IControlStore[] stores = [backend.Store, backend.OpenAnother()];
        for (var round = 0; round < 10; round++)
        {
            var key = $"lease/{round}";
            using var start = new Barrier(4);
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    try
                    {
                        stores[writer % 2].PutAsync(key, $"{writer}", 0).AsTask().GetAwaiter().GetResult();
                        return writer;
                    }
                    catch (ControlConflictException)
                    {
                        return -1;
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            var winner = Assert.Single(outcomes, outcome => outcome >= 0);
            Assert.Equal(new ControlDocument(key, $"{winner}", round + 1), await backend.Store.GetAsync(key));
        }
    }

    private static async Task<long> IncrementAsync(IControlStore store, string key)
    {
        while (true)
        {
            var document = await store.GetAsync(key);
            var next = document is null ? 1 : int.Parse(document.Json, CultureInfo.InvariantCulture) + 1;
            try
            {
                return await store.PutAsync(key, next.ToString(CultureInfo.InvariantCulture), document?.Version ?? 0);
            }
            catch (ControlConflictException)
            {
                // Somebody else was first: once more with what they wrote.
            }
        }
    }
}
