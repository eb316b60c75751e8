using Siskin.Data.Catalogue;

namespace Siskin.Tests.Data;

/// <summary>What every backend of <see cref="ICatalogue"/> promises.</summary>
public abstract class CatalogueConformance
{
    // Two ids with one XxHash64, found by solving its last round for eight printable bytes.
    private const string CollidingA = "item-000collides";
    private const string CollidingB = "i0144560oQ6cBm3C";

    protected abstract Task<CatalogueBackend> CreateAsync();

    [Fact]
    public async Task An_empty_catalogue_has_version_zero_and_the_default_schema()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;

        Assert.Equal(0, await catalogue.GetVersionAsync());
        Assert.Equal(0, await catalogue.CountItemsAsync());
        Assert.Equal(0, await catalogue.CountUsersAsync());
        Assert.Null(await catalogue.GetItemAsync("a"));
        Assert.Null(await catalogue.GetUserAsync("a"));
        var page = await catalogue.ListItemsAsync(null, 10);
        Assert.Empty(page.Values);
        Assert.Null(page.Cursor);
        AssertSame(CatalogueSchema.Default, await catalogue.GetSchemaAsync());
    }

    [Fact]
    public async Task The_schema_is_replaced_as_a_whole()
    {
        await using var backend = await CreateAsync();
        var schema = new CatalogueSchema
        {
            ItemAttributes = [new() { Name = "größe", Type = AttributeType.Numeric, IsFeature = true, IsFilterable = true }, new() { Name = "plot", Type = AttributeType.Text }],
            UserAttributes = [new() { Name = "country", Type = AttributeType.Categorical, IsFilterable = true }],
            EventTypes = [new() { Name = "play", Weight = 0.5, IsConsumption = false, LikedFrom = 3.5 }],
            VectorDimension = 12,
        };

        await backend.Catalogue.SetSchemaAsync(CatalogueSchema.Default);
        await backend.Catalogue.SetSchemaAsync(schema);

        AssertSame(schema, await backend.Catalogue.GetSchemaAsync());
    }

    [Fact]
    public async Task An_item_comes_back_with_everything_it_had()
    {
        await using var backend = await CreateAsync();
        var full = FullItem("käse/ 🧀 \"1\"");
        var bare = new Item { Id = "bare" };

        await backend.Catalogue.UpsertItemsAsync([full, bare]);

        AssertSame(full, await backend.Catalogue.GetItemAsync(full.Id));
        AssertSame(bare, await backend.Catalogue.GetItemAsync(bare.Id));
    }

    [Fact]
    public async Task A_user_comes_back_with_everything_it_had()
    {
        await using var backend = await CreateAsync();
        var full = new User { Id = "u1", Attributes = Attributes(), Friends = ["u2", "ü3"] };
        var bare = new User { Id = "bare" };

        await backend.Catalogue.UpsertUsersAsync([full, bare]);

        AssertSame(full, await backend.Catalogue.GetUserAsync("u1"));
        AssertSame(bare, await backend.Catalogue.GetUserAsync("bare"));
    }

    [Fact]
    public async Task Items_and_users_with_one_id_are_different_things_and_share_one_sequence_of_versions()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;

        var item = Assert.Single(await catalogue.UpsertItemsAsync([new() { Id = "x", Title = "item" }]));
        var user = Assert.Single(await catalogue.UpsertUsersAsync([new() { Id = "x" }]));
        await catalogue.DeleteUserAsync("x");

        Assert.True(item.Version > 0);
        Assert.True(user.Version > item.Version);
        Assert.Equal("item", (await catalogue.GetItemAsync("x"))?.Title);
        Assert.Null(await catalogue.GetUserAsync("x"));
    }

    [Fact]
    public async Task An_upsert_replaces_the_whole_value_under_a_higher_version()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        var first = Assert.Single(await catalogue.UpsertItemsAsync([FullItem("a")]));

        var second = Assert.Single(await catalogue.UpsertItemsAsync([new() { Id = "a", Title = "new" }]));

        Assert.True(second.Version > first.Version);
        Assert.Equal(second.Version, await catalogue.GetVersionAsync());
        AssertSame(new Item { Id = "a", Title = "new" }, await catalogue.GetItemAsync("a"));
        Assert.Equal(1, await catalogue.CountItemsAsync());
    }

    [Fact]
    public async Task Of_repeated_ids_in_one_call_the_last_counts_and_is_one_change()
    {
        await using var backend = await CreateAsync();

        var changes = await backend.Catalogue.UpsertItemsAsync(
            [new() { Id = "a", Title = "1" }, new() { Id = "b" }, new() { Id = "a", Title = "2" }]);

        Assert.Equal(["b", "a"], changes.Select(change => change.Id));
        Assert.Equal("2", changes[1].Value?.Title);
        Assert.True(changes[0].Version < changes[1].Version);
        Assert.Equal("2", (await backend.Catalogue.GetItemAsync("a"))?.Title);
        Assert.Equal(2, await backend.Catalogue.CountItemsAsync());
    }

    [Fact]
    public async Task An_empty_call_changes_nothing()
    {
        await using var backend = await CreateAsync();

        Assert.Empty(await backend.Catalogue.UpsertItemsAsync([]));
        Assert.Empty(await backend.Catalogue.UpsertUsersAsync([]));
        Assert.Equal(0, await backend.Catalogue.GetVersionAsync());
    }

    [Fact]
    public async Task An_id_whose_key_another_id_holds_is_refused_and_nothing_of_the_call_is_stored()
    {
        Assert.Equal(ItemKey.Of(CollidingA), ItemKey.Of(CollidingB));
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.UpsertItemsAsync([new() { Id = CollidingA }]);
        var version = await catalogue.GetVersionAsync();

        var error = await Assert.ThrowsAsync<CatalogueConflictException>(
            () => catalogue.UpsertItemsAsync([new() { Id = "other" }, new() { Id = CollidingB }]).AsTask());

        Assert.Equal(CollidingB, error.Id);
        Assert.Equal(CollidingA, error.Holder);
        Assert.Null(await catalogue.GetItemAsync("other"));
        Assert.Null(await catalogue.GetItemAsync(CollidingB));
        Assert.NotNull(await catalogue.GetItemAsync(CollidingA));
        Assert.Equal(version, await catalogue.GetVersionAsync());
        Assert.Equal(1, await catalogue.CountItemsAsync());
        Assert.Null(await catalogue.DeleteItemAsync(CollidingB));
        Assert.Null(await catalogue.UpdateItemAsync(CollidingB, item => item));
    }

    [Fact]
    public async Task Two_ids_with_one_key_in_one_call_are_refused()
    {
        await using var backend = await CreateAsync();

        await Assert.ThrowsAsync<CatalogueConflictException>(
            () => backend.Catalogue.UpsertUsersAsync([new() { Id = CollidingA }, new() { Id = CollidingB }]).AsTask());

        Assert.Equal(0, await backend.Catalogue.CountUsersAsync());
    }

    [Fact]
    public async Task The_key_of_a_deleted_id_stays_taken()
    {
        await using var backend = await CreateAsync();
        await backend.Catalogue.UpsertItemsAsync([new() { Id = CollidingA }]);
        await backend.Catalogue.DeleteItemAsync(CollidingA);

        await Assert.ThrowsAsync<CatalogueConflictException>(
            () => backend.Catalogue.UpsertItemsAsync([new() { Id = CollidingB }]).AsTask());
    }

    [Fact]
    public async Task A_deleted_item_is_gone_but_stands_among_the_changes_and_can_come_back()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.UpsertItemsAsync([new() { Id = "a" }, new() { Id = "b" }]);

        var deletion = await catalogue.DeleteItemAsync("a");

        Assert.NotNull(deletion);
        Assert.Null(deletion.Value);
        Assert.Equal(await catalogue.GetVersionAsync(), deletion.Version);
        Assert.Null(await catalogue.GetItemAsync("a"));
        Assert.Equal(1, await catalogue.CountItemsAsync());
        Assert.Equal(["b"], (await catalogue.ListItemsAsync(null, 10)).Values.Select(item => item.Id));
        Assert.Null(await catalogue.DeleteItemAsync("a"));
        Assert.Null(await catalogue.UpdateItemAsync("a", item => item));
        Assert.Null(await catalogue.DeleteItemAsync("never"));
        Assert.Equal(deletion.Version, await catalogue.GetVersionAsync());
        var changes = await catalogue.ReadItemChangesAsync(0).ToListAsync();
        Assert.Equal([("b", false), ("a", true)], changes.Select(change => (change.Id, change.Value is null)));

        await catalogue.UpsertItemsAsync([new() { Id = "a", Title = "again" }]);

        Assert.Equal("again", (await catalogue.GetItemAsync("a"))?.Title);
        Assert.Equal(2, await catalogue.CountItemsAsync());
    }

    [Fact]
    public async Task An_update_sees_the_present_state()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.UpsertItemsAsync([FullItem("a")]);
        await catalogue.UpsertUsersAsync([new() { Id = "u" }]);

        var change = await catalogue.UpdateItemAsync("a", item => item with { IsAvailable = true, Price = item.Price + 1 });
        var user = await catalogue.UpdateUserAsync("u", user => user with { Friends = ["v"] });

        Assert.Equal(FullItem("a").Price + 1, change?.Value?.Price);
        AssertSame(FullItem("a") with { IsAvailable = true, Price = FullItem("a").Price + 1 }, await catalogue.GetItemAsync("a"));
        Assert.Equal(["v"], (await catalogue.GetUserAsync("u"))!.Friends);
        Assert.Equal(user?.Version, await catalogue.GetVersionAsync());
        Assert.Null(await catalogue.UpdateItemAsync("missing", item => item));
    }

    [Fact]
    public async Task An_update_that_throws_or_changes_the_id_leaves_all_as_it_was()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.UpsertItemsAsync([new() { Id = "a", Title = "old" }]);
        var version = await catalogue.GetVersionAsync();

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => catalogue.UpdateItemAsync("a", _ => throw new TimeZoneNotFoundException()).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => catalogue.UpdateItemAsync("a", item => item with { Id = "b" }).AsTask());

        Assert.Equal("old", (await catalogue.GetItemAsync("a"))?.Title);
        Assert.Null(await catalogue.GetItemAsync("b"));
        Assert.Equal(version, await catalogue.GetVersionAsync());
        await catalogue.UpsertItemsAsync([new() { Id = "a", Title = "new" }]);
        Assert.Equal("new", (await catalogue.GetItemAsync("a"))?.Title);
    }

    [Fact]
    public async Task Concurrent_updates_of_one_item_lose_nothing()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.UpsertItemsAsync([new() { Id = "a", Price = 0 }]);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await catalogue.UpdateItemAsync("a", item => item with { Price = item.Price + 1 });
                Assert.NotNull(await catalogue.GetItemAsync("a"));
            }
        })));

        Assert.Equal(40, (await catalogue.GetItemAsync("a"))?.Price);
    }

    [Fact]
    public async Task Listing_goes_by_code_point_in_pages()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        string[] ordered = ["!", "A", "B", "Z", "a", "aa", "ab", "b", "é", "日", "\uFF21", "\U0001F9C0"];
        await catalogue.UpsertItemsAsync([.. ordered.Reverse().Select(id => new Item { Id = id })]);
        await catalogue.UpsertUsersAsync([.. ordered.Reverse().Select(id => new User { Id = id })]);

        foreach (var limit in new[] { 1, 5, ordered.Length, 1_000 })
        {
            var items = new List<string>();
            var users = new List<string>();
            string? cursor = null;
            do
            {
                var page = await catalogue.ListItemsAsync(cursor, limit);
                Assert.InRange(page.Values.Count, 1, limit);
                items.AddRange(page.Values.Select(item => item.Id));
                users.AddRange((await catalogue.ListUsersAsync(cursor, limit)).Values.Select(user => user.Id));
                cursor = page.Cursor;
            }
            while (cursor is not null);

            Assert.Equal(ordered, items);
            Assert.Equal(ordered, users);
        }
    }

    [Fact]
    public async Task A_listing_goes_on_behind_an_id_that_was_deleted_meanwhile()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.UpsertItemsAsync([new() { Id = "a" }, new() { Id = "b" }, new() { Id = "c" }]);
        var first = await catalogue.ListItemsAsync(null, 2);
        await catalogue.DeleteItemAsync("b");

        var second = await catalogue.ListItemsAsync(first.Cursor, 2);

        Assert.Equal(["c"], second.Values.Select(item => item.Id));
        Assert.Null(second.Cursor);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("gICA")]
    [InlineData("YQ==")]
    public async Task A_malformed_cursor_is_refused(string cursor)
    {
        await using var backend = await CreateAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => backend.Catalogue.ListItemsAsync(cursor, 10).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => backend.Catalogue.ListUsersAsync(cursor, 10).AsTask());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task A_limit_out_of_range_is_refused(int limit)
    {
        await using var backend = await CreateAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => backend.Catalogue.ListItemsAsync(null, limit).AsTask());
    }

    [Fact]
    public async Task Changes_since_a_version_are_the_newest_states_in_order()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        var items = Enumerable.Range(0, 2_500).Select(i => new Item { Id = $"i{i}", Price = i }).ToArray();
        await catalogue.UpsertItemsAsync(items);
        var since = await catalogue.GetVersionAsync();
        await catalogue.UpsertItemsAsync([items[7] with { Price = -1 }, items[3]]);
        await catalogue.UpsertUsersAsync([new() { Id = "i3" }]);

        var all = await catalogue.ReadItemChangesAsync(0).ToListAsync();
        var newest = await catalogue.ReadItemChangesAsync(since).ToListAsync();

        Assert.Equal(2_500, all.Count);
        Assert.Equal(2_500, all.Select(change => change.Id).Distinct().Count());
        Assert.True(all.Zip(all.Skip(1)).All(pair => pair.First.Version < pair.Second.Version));
        Assert.Equal([("i7", -1.0), ("i3", 3.0)], newest.Select(change => (change.Id, change.Value!.Price!.Value)));
        Assert.Equal(["i3"], (await catalogue.ReadUserChangesAsync(0).ToListAsync()).Select(change => change.Id));
        Assert.Empty(await catalogue.ReadItemChangesAsync(await catalogue.GetVersionAsync()).ToListAsync());
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_changes_nothing()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => catalogue.UpsertItemsAsync([new() { Id = "a" }], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => catalogue.GetItemAsync("a", cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await catalogue.ReadItemChangesAsync(0, cancelled).ToListAsync());

        Assert.Equal(0, await catalogue.CountItemsAsync());
    }

    [Fact]
    public async Task What_was_stored_is_there_after_reopening()
    {
        await using var backend = await CreateAsync();
        await backend.Catalogue.SetSchemaAsync(CatalogueSchema.Default with { VectorDimension = 3 });
        await backend.Catalogue.UpsertItemsAsync([FullItem("a"), new() { Id = "b" }]);
        await backend.Catalogue.DeleteItemAsync("b");
        var version = await backend.Catalogue.GetVersionAsync();

        await backend.ReopenAsync();

        Assert.Equal(3, (await backend.Catalogue.GetSchemaAsync()).VectorDimension);
        AssertSame(FullItem("a"), await backend.Catalogue.GetItemAsync("a"));
        Assert.Equal(1, await backend.Catalogue.CountItemsAsync());
        Assert.Equal(version, await backend.Catalogue.GetVersionAsync());
        Assert.Equal(2, (await backend.Catalogue.ReadItemChangesAsync(0).ToListAsync()).Count);
        Assert.True(Assert.Single(await backend.Catalogue.UpsertItemsAsync([new() { Id = "c" }])).Version > version);
    }

    [Fact]
    public async Task A_disposed_catalogue_refuses_calls()
    {
        await using var backend = await CreateAsync();
        var catalogue = backend.Catalogue;
        await catalogue.DisposeAsync();
        await catalogue.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => catalogue.GetItemAsync("a").AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => catalogue.UpsertItemsAsync([new() { Id = "a" }]).AsTask());
    }

    private static Dictionary<string, AttributeValue> Attributes() => new()
    {
        ["year"] = AttributeValue.Of(1999.5),
        ["tiny"] = AttributeValue.Of(5e-324),
        ["name"] = AttributeValue.Of("<\"Ähre\" & \\ 🌾\n>"),
        ["empty"] = AttributeValue.Of(string.Empty),
    };

    private static Item FullItem(string id) => new()
    {
        Id = id,
        Title = "Title, with 'quotes' and\ttabs",
        Tags = ["b", "a", "ß"],
        Attributes = Attributes(),
        Vector = new float[] { 1.5f, -0f, float.Epsilon },
        Place = new(-89.25, 179.125),
        Price = 0.1 + 0.2,
        CreatedAt = new DateTimeOffset(2024, 2, 29, 23, 59, 58, 765, TimeSpan.FromHours(5.5)),
        IsAvailable = false,
    };

    private static void AssertSame(Item expected, Item? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected.Attributes.OrderBy(a => a.Key), actual.Attributes.OrderBy(a => a.Key));
        Assert.Equal(expected.Vector?.ToArray().Select(BitConverter.SingleToInt32Bits), actual.Vector?.ToArray().Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(
            expected with { Tags = [], Attributes = AttributeValue.None, Vector = null },
            actual with { Tags = [], Attributes = AttributeValue.None, Vector = null });
    }

    private static void AssertSame(User expected, User? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Id, actual.Id);
        Assert.Equal(expected.Friends, actual.Friends);
        Assert.Equal(expected.Attributes.OrderBy(a => a.Key), actual.Attributes.OrderBy(a => a.Key));
    }

    private static void AssertSame(CatalogueSchema expected, CatalogueSchema actual)
    {
        Assert.Equal(expected.ItemAttributes, actual.ItemAttributes);
        Assert.Equal(expected.UserAttributes, actual.UserAttributes);
        Assert.Equal(expected.EventTypes, actual.EventTypes);
        Assert.Equal(expected.VectorDimension, actual.VectorDimension);
    }
}
