using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Snapshot;

public sealed class ContentSpaceTests
{
    private static readonly CatalogueSchema Plane = CatalogueSchema.Default with { VectorDimension = 2 };

    [Fact]
    public void A_posted_vector_is_found_at_once_and_a_removed_item_is_not()
    {
        var holder = SmallRelease.WithVectors(0, 40, 80).Hold();
        Assert.Equal("a b c", Near(holder, 0));
        holder.Post(SmallRelease.Item("x", 20));
        Assert.Equal("a x b c", Near(holder, 0));

        holder.Delete("x");
        holder.Delete("b");
        Assert.Equal("a c", Near(holder, 0));
        Assert.Equal("exact 2 rows", holder.Current.Content!.Describe());
        holder.Post(SmallRelease.Item("b", 40));
        Assert.Equal("a b c", Near(holder, 0));
    }

    [Fact]
    public void A_changed_vector_moves_and_leaves_nothing_behind()
    {
        var holder = SmallRelease.WithVectors(0, 40, 80).Hold();
        holder.Post(SmallRelease.Item("a", 170));
        Assert.Equal("b c a", Near(holder, 0));
        holder.Post(SmallRelease.Item("a", 60));
        Assert.Equal("b a c", Near(holder, 0));
        holder.Post(SmallRelease.Item("a", 0));
        Assert.Equal("a b c", Near(holder, 0));
        Assert.Equal("exact 2 rows + 1 since the release", holder.Current.Content!.Describe());
    }

    [Fact]
    public void A_change_of_anything_else_leaves_the_releases_vector_in_force()
    {
        var holder = SmallRelease.WithVectors(0, 40).Hold();
        holder.Post(SmallRelease.Item("a", 0) with { Price = 5 });
        Assert.Equal("exact 2 rows", holder.Current.Content!.Describe());
        Assert.Equal("a b", Near(holder, 0));
    }

    [Fact]
    public void A_vector_that_is_taken_away_or_says_nothing_is_not_found()
    {
        var holder = SmallRelease.WithVectors(0, 40, double.NaN).Hold();
        holder.Post(new Item { Id = "a" });
        holder.Post(new Item { Id = "b", Vector = new float[2] });
        holder.Post(new Item { Id = "x", Vector = new float[3] });
        holder.Post(new Item { Id = "y", Vector = new[] { float.MaxValue, float.MaxValue } });
        Assert.Equal(string.Empty, Near(holder, 0));
        Assert.True(holder.Current.Content!.IsEmpty);

        // c had none in the release, and takes one and gives it back.
        holder.Post(SmallRelease.Item("c", 10));
        Assert.Equal("c", Near(holder, 0));
        holder.Post(new Item { Id = "c" });
        Assert.True(holder.Current.Content!.IsEmpty);
    }

    [Fact]
    public void Snapshots_of_one_release_do_not_see_each_others_changes()
    {
        var release = SmallRelease.WithVectors(0, 40).Build();
        var first = new SnapshotHolder(new ServingSnapshot(release, new UserDirectory()));
        var second = new SnapshotHolder(new ServingSnapshot(release, new UserDirectory()));
        first.Delete("a");
        first.Post(SmallRelease.Item("x", 5));
        Assert.Equal("x b", Near(first, 0));
        Assert.Equal("a b", Near(second, 0));
    }

    [Fact]
    public void Without_a_release_posted_vectors_are_enough()
    {
        var holder = new SnapshotHolder(new ServingSnapshot(Release.Empty, new UserDirectory()));
        Assert.Null(holder.Current.Content);
        holder.Current.Schema = Plane;
        holder.Post(SmallRelease.Item("a", 50));
        holder.Post(SmallRelease.Item("b", 10));
        Assert.Equal("b a", Near(holder, 0));
    }

    [Fact]
    public void Another_length_of_vectors_indexes_what_fits_it()
    {
        var holder = SmallRelease.WithVectors(0, 40).Hold();
        holder.Post(new Item { Id = "early", Vector = new[] { 1f, 0, 0 } });
        holder.Current.Schema = Plane with { VectorDimension = 3 };
        Assert.Equal("early", NearTo(holder, 1, 0, 0));
        holder.Post(new Item { Id = "a", Vector = new[] { 1f, 1, 0 } });
        Assert.Equal("early a", NearTo(holder, 1, 0, 0));
        holder.Current.Schema = Plane;
        Assert.Equal("b", Near(holder, 0));
        holder.Current.Schema = CatalogueSchema.Default;
        Assert.Null(holder.Current.Content);
    }

    [Fact]
    public void Vectors_of_deleted_items_do_not_come_back_with_their_length()
    {
        var holder = SmallRelease.WithVectors(0, 40).Hold();
        holder.Post(SmallRelease.Item("x", 20));
        holder.Delete("x");
        holder.Delete("a");
        holder.Current.Schema = Plane with { VectorDimension = 3 };
        holder.Current.Schema = Plane;
        Assert.Equal("b", Near(holder, 0));
    }

    [Fact]
    public async Task An_item_whose_vector_changes_all_the_time_is_found_by_every_search_beside_it()
    {
        var holder = SmallRelease.WithVectors(0, 90).Hold();
        var content = holder.Current.Content!;
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                holder.Post(SmallRelease.Item("a", turn % 80));
                holder.Post(SmallRelease.Item("x" + (turn % 50), 180));
            }
        });
        for (var search = 0; search < 3_000; search++)
        {
            var (ids, scores) = (new int[4], new float[4]);
            var found = ids[..content.SearchReleased([1, 0], ids, scores, _ => true)].ToList();
            found.AddRange(ids[..content.SearchOverlay([1, 0], ids, scores, _ => true)]);
            Assert.Contains(0, found);
            Assert.Contains(1, found);
        }

        await stop.CancelAsync();
        await writer;
    }

    private static string Near(SnapshotHolder holder, double degrees) => NearTo(holder, SmallRelease.Direction(degrees));

    private static string NearTo(SnapshotHolder holder, params float[] query)
    {
        var content = holder.Current.Content!;
        var (ids, scores) = (new int[9], new float[9]);
        var hits = new List<(float Score, string Id)>();
        var count = content.SearchReleased(query, ids, scores, _ => true);
        hits.AddRange(Enumerable.Range(0, count).Select(i => (scores[i], holder.Current.Items[ids[i]].Item.Id)));
        count = content.SearchOverlay(query, ids, scores, _ => true);
        hits.AddRange(Enumerable.Range(0, count).Select(i => (scores[i], holder.Current.Items[ids[i]].Item.Id)));
        return string.Join(' ', hits.OrderByDescending(h => h.Score).Select(h => h.Id));
    }
}
