using Siskin.Data.Catalogue;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Snapshot;

public sealed class ItemTableTests
{
    [Fact]
    public void Posted_items_come_behind_those_of_the_release_and_keep_their_row()
    {
        var table = new ItemTable(SmallRelease.WithItems(3).Build());
        Assert.Equal(3, table.Upsert(new Item { Id = "new" }, 77));
        Assert.Equal(4, table.Upsert(new Item { Id = "newer" }, 78));
        Assert.Equal(3, table.Upsert(new Item { Id = "new", Title = "Changed" }, 99));

        Assert.Equal((3, 5), (table.BaseCount, table.Count));
        Assert.True(table.TryGetRow("new", out var row) && row == 3);
        Assert.Equal("Changed", table[3].Item.Title);
        Assert.Equal(77, table[3].CreatedMs);
        Assert.False(table.TryGetRow("unknown", out _));
    }

    [Fact]
    public void A_removed_item_keeps_its_row_and_is_served_again_only_when_it_is_posted_again()
    {
        var table = new ItemTable(SmallRelease.WithItems(3).Build());
        table.Remove("b");
        table.Remove("never there");
        Assert.False(table[1].IsServable);
        Assert.Equal(1, table.Upsert(new Item { Id = "b" }, 1));
        Assert.True(table[1].IsServable);
    }

    [Fact]
    public void Tags_gained_and_lost_after_the_release_are_told_apart()
    {
        var table = new ItemTable(SmallRelease.WithItems(4).Tag("a", "x").Tag("b", "x", "y").Build());
        Assert.True(table.TryGetTag("x", out var x) && table.TryGetTag("y", out _) && !table.TryGetTag("z", out _));
        Assert.Equal([0, 1], table.BestOfTag(x).ToArray());

        table.Upsert(new Item { Id = "c", Tags = ["x", "z"] }, 1);
        table.Upsert(new Item { Id = "e", Tags = ["x"] }, 1);
        table.Upsert(new Item { Id = "a" }, 1);
        table.Upsert(new Item { Id = "c", Tags = ["z"] }, 1);
        table.Upsert(new Item { Id = "c", Tags = ["z", "x"] }, 1);

        Assert.Equal([2, 4], table.AddedToTag(x).ToArray());
        Assert.True(table.TryGetTag("z", out var z));
        Assert.Equal(3, table.TagCount);
        Assert.Equal([2], table.AddedToTag(z).ToArray());
        Assert.False(table[0].HasTag(x));
        Assert.True(table[2].HasTag(x) && table[2].HasTag(z));
        Assert.True(table.BestOfTag(z).IsEmpty);
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_whole_entries_only()
    {
        const int Count = 20_000;
        var table = new ItemTable(SmallRelease.WithItems(1).Build());
        var wrong = 0;
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                var count = table.Count;
                var row = random.Next(count);
                var entry = table[row];
                wrong += entry.Item is null || (row > 0 && entry.Item.Id != $"p{row}") || entry.Tags.Any(t => t >= table.TagCount) ? 1 : 0;
                if (table.TryGetRow($"p{random.Next(Count)}", out var found))
                {
                    wrong += table[found].Item is null ? 1 : 0;
                }

                if (table.TryGetTag($"t{random.Next(50)}", out var tag))
                {
                    foreach (var added in table.AddedToTag(tag))
                    {
                        wrong += added == 0 || !table[added].HasTag(tag) ? 1 : 0;
                    }
                }
            }
        })).ToArray();
        for (var row = 1; row <= Count; row++)
        {
            table.Upsert(new Item { Id = $"p{row}", Tags = [$"t{row % 50}", $"u{row % 1000}"] }, row);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(0, wrong);
        Assert.Equal(Count + 1, table.Count);
        Assert.True(table.TryGetTag("t7", out var seven));
        Assert.Equal(Enumerable.Range(1, Count).Where(r => r % 50 == 7), table.AddedToTag(seven).ToArray());
    }
}
