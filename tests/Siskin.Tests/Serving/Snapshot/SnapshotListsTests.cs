using Siskin.Data.Catalogue;

namespace Siskin.Tests.Serving.Snapshot;

public sealed class SnapshotListsTests
{
    [Fact]
    public void Lists_are_best_first_with_ties_to_the_later_row_and_without_what_is_unavailable()
    {
        var release = SmallRelease.WithItems(5).Replace("c", i => i with { IsAvailable = false }).Replace("e", i => i with { CreatedAt = i.CreatedAt!.Value.AddDays(-1) });
        release.Popularity["b"] = 9;
        release.Popularity["d"] = 9;
        release.Popularity["e"] = 0;
        var lists = release.Hold().Current.Lists;

        Assert.Equal([3, 1, 0], lists.Popular.Rows);
        Assert.Equal([9, 9, 5], lists.Popular.Scores);
        Assert.Equal([4, 3, 1, 0], lists.Newest.Rows);
    }

    [Fact]
    public void What_is_taken_more_than_expected_trends()
    {
        var release = SmallRelease.WithItems(3);
        release.Popularity["a"] = 100;
        release.Trend["a"] = 6;
        release.Popularity["b"] = 10;
        release.Trend["b"] = 5;
        var lists = release.Hold().Current.Lists;

        // a: 100 lets expect 6.7 in two days, b: 10 lets expect 0.67; c was never taken lately.
        Assert.Equal([1], lists.Trending.Rows);
    }

    [Fact]
    public void Lists_are_made_anew_after_events_and_after_an_item_comes_back()
    {
        var holder = SmallRelease.WithItems(3).Replace("a", i => i with { IsAvailable = false }).Hold();
        var snapshot = holder.Current;
        Assert.False(snapshot.RefreshLists());

        for (var i = 0; i < 5; i++)
        {
            holder.Happened("u", "c");
        }

        Assert.True(snapshot.RefreshLists());
        Assert.Equal(2, snapshot.Lists.Popular.Rows[0]);
        Assert.False(snapshot.RefreshLists());

        holder.Post(new Item { Id = "a" });
        Assert.True(snapshot.RefreshLists());
        Assert.Contains(0, snapshot.Lists.Popular.Rows);

        holder.Delete("a");
        Assert.True(snapshot.RefreshLists());
        Assert.DoesNotContain(0, snapshot.Lists.Popular.Rows);
    }
}
