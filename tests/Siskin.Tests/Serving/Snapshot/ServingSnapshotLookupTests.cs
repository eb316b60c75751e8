using Siskin.Data.Catalogue;
using Siskin.Models.Retrieval;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Snapshot;

public sealed class ServingSnapshotLookupTests
{
    private const long Position = 100;

    [Fact]
    public void A_history_is_the_release_and_what_came_since_newest_first()
    {
        var users = new UserDirectory();
        users.Add("ann", ItemKey.Of("d"), 5_000, Position, 1, HistoryFlags.Consumed);
        users.Add("ann", ItemKey.Of("a"), 6_000, Position + 1, 2, HistoryFlags.Consumed | HistoryFlags.Liked);

        var history = Snapshot(users).HistoryOf("ann", 10);

        Assert.Equal(["a", "d", "b"], history.Select(h => h.Item.Id));
        Assert.Equal([true, true, false], history.Select(h => h.IsLive));
        Assert.Equal([6_000, 5_000, 2_000], history.Select(h => h.Time.ToUnixTimeMilliseconds()));
        Assert.Equal("Title of a", history[0].Item.Title);
    }

    [Fact]
    public void Of_several_opinions_on_an_item_the_last_one_counts()
    {
        var users = new UserDirectory();
        users.Add("ann", ItemKey.Of("b"), 5_000, Position, 0, HistoryFlags.Disliked);
        users.Add("ann", ItemKey.Of("b"), 6_000, Position, 1, HistoryFlags.None);

        var history = Snapshot(users).HistoryOf("ann", 10);

        Assert.Equal(HistoryFlags.Consumed | HistoryFlags.Disliked, history[0].Flags);
        Assert.Equal(2, history.Count);
    }

    [Fact]
    public void Events_that_the_release_has_learned_from_and_unknown_items_are_left_out()
    {
        var users = new UserDirectory();
        users.Add("ann", ItemKey.Of("d"), 5_000, Position - 1, 1, HistoryFlags.Consumed);
        users.Add("ann", ItemKey.Of("nowhere"), 5_000, Position, 1, HistoryFlags.Consumed);

        Assert.Equal(["b", "a"], Snapshot(users).HistoryOf("ann", 10).Select(h => h.Item.Id));
    }

    [Fact]
    public void A_history_is_cut_at_its_newest_entries_and_empty_for_strangers()
    {
        var snapshot = Snapshot(new UserDirectory());

        Assert.Equal(["b"], snapshot.HistoryOf("ann", 1).Select(h => h.Item.Id));
        Assert.Empty(snapshot.HistoryOf("ann", 0));
        Assert.Empty(snapshot.HistoryOf("stranger", 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.HistoryOf("ann", -1));
    }

    [Fact]
    public void A_deleted_item_stays_in_the_history_and_is_not_available()
    {
        var snapshot = Snapshot(new UserDirectory());
        snapshot.Apply([new CatalogueChange<Item>("b", 1, null)], 0);

        Assert.False(snapshot.HistoryOf("ann", 1)[0].Item.IsAvailable);
        Assert.False(snapshot.FindItem("b")!.IsAvailable);
        Assert.Null(snapshot.FindItem("nowhere"));
    }

    [Fact]
    public void Users_are_found_by_prefix_in_order_of_id_wherever_they_are_known_from()
    {
        var users = new UserDirectory();
        users.Apply([new CatalogueChange<User>("anders", 1, new User { Id = "anders" }), new CatalogueChange<User>("ann", 2, new User { Id = "ann" })]);
        users.Add("Antje", ItemKey.Of("a"), 5_000, Position, 1, HistoryFlags.Consumed);
        var snapshot = Snapshot(users);

        Assert.Equal(["Antje", "anders", "ann"], snapshot.FindUsers("an", 10));
        Assert.Equal(["Antje", "anders"], snapshot.FindUsers("AN", 2));
        Assert.Equal(["Antje", "anders", "ann", "bob"], snapshot.FindUsers(string.Empty, 10));
        Assert.Empty(snapshot.FindUsers("an", 0));
        Assert.Empty(snapshot.FindUsers("x", 10));
    }

    [Fact]
    public void A_random_user_is_one_of_the_release_or_else_any_that_is_known()
    {
        var users = new UserDirectory();
        var random = new Random(1);
        Assert.Null(new ServingSnapshot(Release.Empty, users).RandomUser(random));

        users.Add("x", ItemKey.Of("a"), 5_000, Position, 1, HistoryFlags.Consumed);
        users.Add("y", ItemKey.Of("a"), 5_000, Position, 1, HistoryFlags.Consumed);
        var without = new ServingSnapshot(Release.Empty, users);
        Assert.Equal(["x", "y"], Enumerable.Range(0, 50).Select(_ => without.RandomUser(random)!).Distinct().Order());

        var with = Snapshot(users);
        Assert.Equal(["ann", "bob"], Enumerable.Range(0, 50).Select(_ => with.RandomUser(random)!).Distinct().Order());
    }

    /// <summary>Ann took a, then liked b; Bob took c.</summary>
    private static ServingSnapshot Snapshot(UserDirectory users)
    {
        var none = new ItemNeighbours([0, 0, 0, 0, 0], [], []);
        return new ServingSnapshot(
            new Release
            {
                Manifest = new ReleaseManifest { Number = 1, EventPosition = Position },
                Schema = CatalogueSchema.Default,
                Items = [.. new[] { "a", "b", "c", "d" }.Select(id => new Item { Id = id, Title = "Title of " + id })],
                Users = new ReleaseUsers(["ann", "bob"]),
                Histories = new UserHistories(
                    [0, 2, 3],
                    [0, 1, 2],
                    [1_000, 2_000, 3_000],
                    [1, 2, 1],
                    [HistoryFlags.Consumed, HistoryFlags.Consumed | HistoryFlags.Liked, HistoryFlags.Consumed]),
                Statistics = ItemStatistics.Empty(4),
                Tags = TagIndex.Empty,
                CosineNeighbours = none,
                DampedNeighbours = none,
                Segments = SegmentIndex.Empty,
            },
            users);
    }
}
