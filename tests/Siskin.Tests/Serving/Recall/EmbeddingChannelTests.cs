using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Recall;

public sealed class EmbeddingChannelTests
{
    [Fact]
    public async Task Posted_vectors_alone_recommend_in_an_untrained_home()
    {
        var holder = new SnapshotHolder(new ServingSnapshot(Release.Empty, new UserDirectory()));
        holder.Current.Schema = CatalogueSchema.Default with { VectorDimension = 2 };
        var recommender = new Recommender(holder);
        foreach (var (id, degrees) in new[] { ("a", 0), ("b", 100), ("c", 20), ("d", 50) })
        {
            holder.Post(SmallRelease.Item(id, degrees));
        }

        Assert.Equal("neither the user nor what the user took lately has a vector", await SkipAsync(recommender, Ask.Only("embedding", "u")));
        holder.Happened("u", "a");
        Assert.Equal("c d b", await recommender.ListAsync(Ask.Only("embedding", "u")));
        Assert.Equal("d c a", await recommender.ListAsync(Ask.Only("embedding", quota: 3) with { RecentItems = ["b"] }));
        Assert.Equal("content: 4 since the release", (await TraceAsync(recommender, Ask.Only("embedding", "u"))).Detail);

        // The scores are the cosines.
        var hit = (await recommender.RecommendAsync(Ask.Only("embedding", "u"))).Items[0].Trace!.Channels[0];
        Assert.Equal(Math.Cos(20 * Math.PI / 180), hit.Score, 1e-5);
    }

    [Fact]
    public async Task Both_spaces_are_offered_in_turn_and_a_content_hit_takes_the_score_of_its_rank()
    {
        var recommender = Learned(SmallRelease.WithVectors(0, double.NaN, double.NaN, 10, 20, 30).Took("u", "a")).Recommender();

        // Learned: b 0.9, c 0.8, d 0.7, e 0.6, f 0.5; content: d, e, f.
        var response = await recommender.RecommendAsync(Ask.Only("embedding", "u"));
        Assert.Equal("b d c e f", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal([0.9, 0.9, 0.8, 0.8, 0.7], response.Items.Select(i => Math.Round(i.Trace!.Channels[0].Score, 4)));
        Assert.Equal("learned: exact 6 rows; content: exact 4 rows", response.Trace!.Channels.Single(c => c.Name == "embedding").Detail);
        Assert.Equal("b d c", await recommender.ListAsync(Ask.Only("embedding", "u", quota: 3)));
    }

    [Fact]
    public async Task An_item_posted_after_the_training_comes_in_by_its_vector_and_goes_when_it_is_removed()
    {
        var holder = Learned(SmallRelease.WithVectors(0, 90, 180, 190, 200, 210).Took("u", "a")).Hold();
        var recommender = new Recommender(holder);
        Assert.DoesNotContain("new", await recommender.ListAsync(Ask.Only("embedding", "u")), StringComparison.Ordinal);
        holder.Post(SmallRelease.Item("new", 5));
        Assert.StartsWith("b new ", await recommender.ListAsync(Ask.Only("embedding", "u")), StringComparison.Ordinal);
        Assert.Equal("learned: exact 6 rows; content: exact 6 rows + 1 since the release", (await TraceAsync(recommender, Ask.Only("embedding", "u"))).Detail);
        holder.Delete("new");
        Assert.DoesNotContain("new", await recommender.ListAsync(Ask.Only("embedding", "u")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Newer_items_of_a_history_pull_more_than_older_ones()
    {
        var holder = SmallRelease.WithVectors(0, 90, 44, 46).Hold();
        var recommender = new Recommender(holder);
        Assert.Equal("d c", await recommender.ListAsync(Ask.Only("embedding") with { RecentItems = ["a", "b"] }));
        Assert.Equal("c d", await recommender.ListAsync(Ask.Only("embedding") with { RecentItems = ["b", "a"] }));
    }

    [Fact]
    public async Task Vectors_that_cancel_out_ask_for_nothing()
    {
        var holder = new SmallRelease { Schema = CatalogueSchema.Default with { VectorDimension = 1 } }
            .Add(new Item { Id = "a", Vector = new[] { 2f } })
            .Hold();
        holder.Post(new Item { Id = "b", Vector = new[] { -2f } });
        var recommender = new Recommender(holder);
        Assert.Equal("a", await recommender.ListAsync(Ask.Only("embedding") with { Item = "b" }));
        Assert.Equal("no item has a vector", await SkipAsync(SmallRelease.WithVectors(double.NaN).Recommender(), Ask.Only("embedding", "u")));
    }

    [Fact]
    public async Task Filters_hold_in_both_spaces_and_leave_the_quota_full()
    {
        var degrees = Enumerable.Range(0, 300).Select(i => i / 2.0).ToArray();
        var release = SmallRelease.WithVectors(degrees).Took("u", "a");
        foreach (var id in new[] { 50, 150, 250 })
        {
            release.Tag(SmallRelease.Id(id), "rare");
        }

        release.Replace("b", i => i with { IsAvailable = false });
        var holder = release.Hold();
        holder.Post(SmallRelease.Item("posted", 0.2) with { Tags = ["rare"] });
        holder.Post(SmallRelease.Item("hidden", 0.1));
        var recommender = new Recommender(holder);
        var rare = Ask.Only("embedding", "u", quota: 3) with { Filter = new RequestFilter { AnyTags = ["rare"] } };
        Assert.Equal("posted item50 item150", await recommender.ListAsync(rare));
        Assert.Equal("hidden posted c", await recommender.ListAsync(Ask.Only("embedding", "u", quota: 3)));
        Assert.Equal("item250", await recommender.ListAsync(rare with { Filter = new RequestFilter { OnlyItems = ["item250", "a"] } }));

        var trace = await TraceAsync(recommender, Ask.Only("embedding", "u", quota: 3));
        Assert.Equal((1, 1), (trace.Dropped["seen"], trace.Dropped["unavailable"]));
    }

    [Fact]
    public async Task Similar_items_come_from_posted_vectors_where_there_are_no_neighbours()
    {
        var holder = SmallRelease.WithVectors(0, 30, 60, 90).Hold();
        var recommender = new Recommender(holder);
        Assert.Equal(["b", "c", "d"], (await recommender.SimilarAsync("a", 3)).Items.Select(i => i.Item));
        holder.Post(SmallRelease.Item("new", 80));
        Assert.Equal(["d", "c"], (await recommender.SimilarAsync("new", 2)).Items.Select(i => i.Item));
    }

    [Fact]
    public async Task Beside_an_item_that_came_after_the_training_the_users_learned_vector_has_no_say()
    {
        var holder = Learned(SmallRelease.WithVectors(0, 90, 180, 190, 200, 210).Took("u", "a")).Hold();
        holder.Post(SmallRelease.Item("new", 205));
        holder.Post(new Item { Id = "bare" });
        var recommender = new Recommender(holder);
        Assert.Equal("f e d c b", await recommender.ListAsync(Ask.Only("embedding", "u") with { Item = "new" }));
        Assert.Equal("the item has no vector", await SkipAsync(recommender, Ask.Only("embedding") with { Item = "bare" }));
    }

    [Fact]
    public async Task A_request_allocates_no_more_for_posted_vectors()
    {
        var plain = Learned(SmallRelease.WithItems(6).Took("u", "a")).Recommender();
        var both = Learned(SmallRelease.WithVectors(0, 10, 20, 30, 40, 50).Took("u", "a")).Recommender();
        var request = Ask.Only("embedding", "u") with { Explain = false };
        Assert.InRange(await BytesAsync(both, request), 0, await BytesAsync(plain, request) + 64);
    }

    /// <summary>Learned vectors: b 0.9, c 0.8, d 0.7, e 0.6, f 0.5 of what u looks for.</summary>
    private static SmallRelease Learned(SmallRelease release)
    {
        for (var i = 0; i < 6; i++)
        {
            release.ItemVectors[SmallRelease.Id(i)] = [1 - (i / 10f), 0];
        }

        release.UserVectors["u"] = [1, 0];
        return release;
    }

    private static async Task<long> BytesAsync(Recommender recommender, RecommendationRequest request)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await recommender.RecommendAsync(request);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static async Task<ChannelTrace> TraceAsync(Recommender recommender, RecommendationRequest request) =>
        (await recommender.RecommendAsync(request)).Trace!.Channels.Single(c => c.Name == "embedding");

    private static async Task<string?> SkipAsync(Recommender recommender, RecommendationRequest request)
    {
        var trace = await TraceAsync(recommender, request);
        Assert.Equal((ChannelOutcome.Skipped, 0), (trace.Outcome, trace.Found));
        return trace.Reason;
    }
}
