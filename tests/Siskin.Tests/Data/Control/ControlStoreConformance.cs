using Siskin.Data.Control;

namespace Siskin.Tests.Data.Control;

/// <summary>What every control store must do.</summary>
public abstract class ControlStoreConformance
{
    [Fact]
    public async Task What_was_put_is_read_back_with_its_version()
    {
        using var backend = Create(out var store);
        Assert.Equal(0, await store.GetVersionAsync());
        Assert.Null(await store.GetAsync("a"));
        var first = await store.PutAsync("a", "{}", 0);
        var second = await store.PutAsync("b", """{"x":"ü"}""", 0);
        Assert.True(second > first);
        Assert.Equal(new ControlDocument("b", """{"x":"ü"}""", second), await store.GetAsync("b"));
        Assert.Equal(second, await store.GetVersionAsync());
    }

    [Fact]
    public async Task A_writer_who_has_not_read_the_newest_is_refused()
    {
        using var backend = Create(out var store);
        var first = await store.PutAsync("a", "1", 0);
        await Assert.ThrowsAsync<ControlConflictException>(() => store.PutAsync("a", "2", 0).AsTask());
        var second = await store.PutAsync("a", "2", first);
        await Assert.ThrowsAsync<ControlConflictException>(() => store.PutAsync("a", "3", first).AsTask());
        await Assert.ThrowsAsync<ControlConflictException>(() => store.DeleteAsync("a", first).AsTask());
        Assert.Equal("2", (await store.GetAsync("a"))!.Json);
        await store.DeleteAsync("a", second);
        Assert.Null(await store.GetAsync("a"));
        Assert.True(await store.GetVersionAsync() > second);
        await store.DeleteAsync("a", 0);
        await store.PutAsync("a", "4", 0);
    }

    [Fact]
    public async Task A_list_has_the_keys_of_a_prefix_in_ordinal_order()
    {
        using var backend = Create(out var store);
        foreach (var key in new[] { "m/b", "m/B", "m/%", "m_x", "M/a", "m/a", "n" })
        {
            await store.PutAsync(key, key, 0);
        }

        Assert.Equal(["m/%", "m/B", "m/a", "m/b"], (await store.ListAsync("m/")).Select(document => document.Key));
        Assert.Equal(["m_x"], (await store.ListAsync("m_")).Select(document => document.Key));
        Assert.Equal(7, (await store.ListAsync(string.Empty)).Count);
    }

    [Fact]
    public async Task Of_many_writers_none_is_lost()
    {
        using var backend = Create(out var store);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                while (true)
                {
                    var before = await store.GetAsync("count");
                    try
                    {
                        await store.PutAsync("count", $"{int.Parse(before?.Json ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1}", before?.Version ?? 0);
                        break;
                    }
                    catch (ControlConflictException)
                    {
                        // Read again.
                    }
                }
            }
        })));
        Assert.Equal("200", (await store.GetAsync("count"))!.Json);
    }

    [Fact]
    public async Task Keys_have_1_to_256_characters()
    {
        using var backend = Create(out var store);
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(string.Empty, "1", 0).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(new string('k', 257), "1", 0).AsTask());
        await store.PutAsync(new string('k', 256), "1", 0);
    }

    /// <summary>An empty store, and what ends it.</summary>
    protected abstract IDisposable Create(out IControlStore store);
}
