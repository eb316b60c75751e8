using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;

namespace Siskin.Tests.Serving.Recall;

public sealed class RecallChannelsTests
{
    private const HistoryFlags Liked = HistoryFlags.Consumed | HistoryFlags.Liked;
    private const HistoryFlags Disliked = HistoryFlags.Consumed | HistoryFlags.Disliked;

    [Fact]
    public async Task Popular_gives_the_most_taken_that_are_available_and_not_seen_up_to_its_quota()
    {
        var recommender = SmallRelease.WithItems(8).Replace("b", i => i with { IsAvailable = false }).Took("u", "a").Recommender();
        Assert.Equal("c d e f g h", await recommender.ListAsync(Ask.Only("popular", "u")));
        Assert.Equal("c d e", await recommender.ListAsync(Ask.Only("popular", "u", quota: 3)));
        Assert.Equal("a c d", await recommender.ListAsync(Ask.Only("popular", quota: 3)));

        var trace = (await recommender.RecommendAsync(Ask.Only("popular", "u", quota: 3))).Trace!.Channels[0];
        Assert.Equal(("popular", ChannelOutcome.Answered, 3, 3), (trace.Name, trace.Outcome, trace.Quota, trace.Found));
        Assert.Equal([new("seen", 1)], trace.Dropped);
    }

    [Fact]
    public async Task Popular_looks_at_every_item_that_alone_is_allowed_whatever_its_popularity()
    {
        var release = SmallRelease.WithItems(5);
        release.Popularity.Clear();
        var recommender = release.Recommender();
        var request = Ask.Only("popular") with { Filter = new RequestFilter { OnlyItems = ["d", "b"] } };
        Assert.Equal("b d", await recommender.ListAsync(request));
        Assert.Equal(string.Empty, await recommender.ListAsync(request with { Filter = new RequestFilter { OnlyItems = [] } }));
    }

    [Fact]
    public async Task Trending_gives_what_rises()
    {
        var release = SmallRelease.WithItems(4);
        release.Trend["d"] = 1;
        release.Trend["c"] = 2;
        Assert.Equal("c d", await release.Recommender().ListAsync(Ask.Only("trending")));
    }

    [Fact]
    public async Task Newest_finds_an_item_posted_a_moment_ago_and_filters_it_by_its_new_tag()
    {
        var holder = SmallRelease.WithItems(4).Tag("a", "old").Hold();
        var recommender = new Recommender(holder);
        Assert.Equal("d c b a", await recommender.ListAsync(Ask.Only("newest")));

        holder.Post(new Item { Id = "x", Tags = ["fresh"], CreatedAt = SmallRelease.Now });
        holder.Post(new Item { Id = "y", Tags = ["old"], CreatedAt = SmallRelease.Now.AddDays(1) });
        Assert.Equal("y x d c b a", await recommender.ListAsync(Ask.Only("newest")));
        Assert.Equal("x", await recommender.ListAsync(Ask.Only("newest") with { Filter = new RequestFilter { AnyTags = ["fresh"] } }));
        Assert.Equal("x", await recommender.ListAsync(Ask.Only("top-rated-by-tag") with { Filter = new RequestFilter { AllTags = ["fresh"] } }));
        holder.Current.RefreshLists();
        Assert.Equal("y x d c b a", await recommender.ListAsync(Ask.Only("newest")));
        holder.Delete("y");
        Assert.Equal("x d c b a", await recommender.ListAsync(Ask.Only("newest")));
    }

    [Fact]
    public async Task Segment_serves_users_never_heard_of_by_context_and_by_what_the_catalogue_knows()
    {
        var release = SmallRelease.WithItems(5)
            .Segment("country", "de", ("d", 0.5f), ("e", 0.25f))
            .Segment("device", "phone", ("e", 0.5f))
            .Took("old", "a");
        release.Users.Add(new User { Id = "described", Attributes = new Dictionary<string, AttributeValue> { ["country"] = AttributeValue.Of("de"), ["age"] = AttributeValue.Of(30) } });
        var recommender = release.Recommender();
        var request = Ask.Only("segment", "stranger") with { Context = new Dictionary<string, string> { ["country"] = "de" } };

        Assert.Equal("d e", await recommender.ListAsync(request));
        Assert.Equal("e d", await recommender.ListAsync(request with { Context = new Dictionary<string, string> { ["country"] = "de", ["device"] = "phone" } }));
        Assert.Equal("d e", await recommender.ListAsync(Ask.Only("segment", "described")));
        Assert.Equal("e", await recommender.ListAsync(Ask.Only("segment", "described") with { Context = new Dictionary<string, string> { ["country"] = "fr", ["device"] = "phone" } }));
        Assert.Equal("no segment is known for this user and context", await SkipAsync(recommender, "segment", Ask.Only("segment", "stranger")));
        Assert.Equal("the user has a history", await SkipAsync(recommender, "segment", request with { User = "old" }));
    }

    [Fact]
    public async Task Top_rated_by_tag_takes_the_tags_of_the_request_then_of_its_item_then_of_the_user()
    {
        var release = SmallRelease.WithItems(6).Tag("a", "x").Tag("b", "x").Tag("c", "y").Tag("d", "y").Tag("e", "x");
        release.Opinions["b"] = (9, 10);
        release.Opinions["a"] = (1, 10);
        release.Took("u", "e");
        var recommender = release.Recommender();

        Assert.Equal("b e a", await recommender.ListAsync(Ask.Only("top-rated-by-tag") with { Filter = new RequestFilter { AnyTags = ["x"] } }));
        Assert.Equal("d", await recommender.ListAsync(Ask.Only("top-rated-by-tag") with { Item = "c" }));
        Assert.Equal("b a", await recommender.ListAsync(Ask.Only("top-rated-by-tag", "u")));
        Assert.Equal("neither request nor history names a tag", await SkipAsync(recommender, "top-rated-by-tag", Ask.Only("top-rated-by-tag", "stranger")));
    }

    [Fact]
    public async Task Liked_tag_follows_what_was_rated_high_and_not_what_was_only_seen()
    {
        var release = SmallRelease.WithItems(6).Tag("a", "x").Tag("b", "x").Tag("c", "y").Tag("d", "y");
        release.Took("u", "a", flags: Liked).Took("u", "c").Took("v", "c");
        var recommender = release.Recommender();
        Assert.Equal("b", await recommender.ListAsync(Ask.Only("liked-tag", "u")));
        Assert.Equal("the user has not liked anything that has a tag", await SkipAsync(recommender, "liked-tag", Ask.Only("liked-tag", "v")));
    }

    [Fact]
    public async Task Item_to_item_adds_up_neighbours_and_says_which_item_is_behind_each()
    {
        var release = SmallRelease.WithItems(6)
            .Neighbours("a", ("c", 0.5f), ("d", 0.4f))
            .Neighbours("b", ("d", 0.3f), ("e", 0.2f))
            .Damped("a", ("f", 1f))
            .Took("u", "a").Took("u", "b");
        var recommender = release.Recommender();

        Assert.Equal("d c e", await recommender.ListAsync(Ask.Only("item-to-item", "u")));
        Assert.Equal("f", await recommender.ListAsync(Ask.Only("item-to-item", "u").With("recall.item-to-item.similarity", "damped")));
        Assert.Equal("d e", await recommender.ListAsync(Ask.Only("item-to-item", "u").With("recall.history", "1")));
        Assert.Equal("d e c", await recommender.ListAsync(Ask.Only("item-to-item", "u") with { Item = "b" }));
        var hit = (await recommender.RecommendAsync(Ask.Only("item-to-item", "u"))).Items[0].Trace!.Channels[0];
        Assert.Equal(("item-to-item", 1, "a"), (hit.Channel, hit.Place, hit.Because));
        Assert.Equal("the user has no history", await SkipAsync(recommender, "item-to-item", Ask.Only("item-to-item", "stranger")));
    }

    [Fact]
    public async Task An_anonymous_visitors_recent_items_are_folded_in()
    {
        var release = Vectors(SmallRelease.WithItems(6).Neighbours("a", ("e", 0.5f), ("b", 0.4f)));
        var recommender = release.Recommender();
        var visitor = Ask.Only("item-to-item") with { RecentItems = ["a"] };
        Assert.Equal("e b", await recommender.ListAsync(visitor));
        Assert.StartsWith("b c", await recommender.ListAsync(Ask.Only("embedding", count: 2) with { RecentItems = ["a"] }), StringComparison.Ordinal);
        Assert.Equal("recentItems[1]", (await recommender.RefusedAsync(visitor with { RecentItems = ["a", "nowhere"] })).Field);
        Assert.Equal("recentItems", (await recommender.RefusedAsync(visitor with { RecentItems = [.. Enumerable.Repeat("a", 1001)] })).Field);
    }

    [Fact]
    public async Task Embedding_scans_all_items_for_the_largest_inner_product()
    {
        var release = Vectors(SmallRelease.WithItems(6).Took("u", "a"));
        release.UserVectors["u"] = [1, 0.5f];
        var recommender = release.Recommender();
        Assert.Equal("b c f e d", await recommender.ListAsync(Ask.Only("embedding", "u")));
        Assert.Equal("b c", await recommender.ListAsync(Ask.Only("embedding", "u", quota: 2)));
        Assert.Equal("e", await recommender.ListAsync(Ask.Only("embedding", "u", quota: 2) with { Filter = new RequestFilter { OnlyItems = ["a", "e"] } }));
        Assert.Equal("the user has no vector", await SkipAsync(recommender, "embedding", Ask.Only("embedding", "stranger")));
        Assert.Equal("no item has a vector", await SkipAsync(SmallRelease.WithItems(2).Recommender(), "embedding", Ask.Only("embedding", "u")));
    }

    [Fact]
    public async Task A_zero_vector_says_nothing()
    {
        // f was never taken, and v has done nothing but dislike.
        var release = Vectors(SmallRelease.WithItems(7).Took("u", "a").Took("v", "a", 0, Disliked));
        release.UserVectors["u"] = [1, 0];
        var holder = release.Hold();
        var recommender = new Recommender(holder);
        Assert.Equal("the user has no vector", await SkipAsync(recommender, "embedding", Ask.Only("embedding", "v")));
        Assert.Equal("the user has no vector", await SkipAsync(recommender, "embedding", Ask.Only("embedding") with { Item = "g" }));

        // Whoever takes back all that spoke for a vector has none any more.
        holder.Happened("u", "a", "dislike");
        Assert.Equal("the user has no vector", await SkipAsync(recommender, "embedding", Ask.Only("embedding", "u")));
    }

    [Fact]
    public async Task Friends_bring_what_they_took_and_twice_what_they_like_but_nothing_disliked()
    {
        var release = SmallRelease.WithItems(6)
            .Took("f1", "a").Took("f1", "b", flags: Liked)
            .Took("f2", "c", 0, Disliked).Took("f2", "a");
        release.Users.Add(new User { Id = "u", Friends = ["f1", "f2", "unknown"] });
        release.Users.Add(new User { Id = "lonely" });
        var holder = release.Hold();
        var recommender = new Recommender(holder);

        // a: 1/√2 + 1/√2, b: 2/√2.
        Assert.Equal("a b", await recommender.ListAsync(Ask.Only("friends", "u")));
        holder.Happened("f2", "e", "like");
        Assert.Equal("e a b", await recommender.ListAsync(Ask.Only("friends", "u")));
        Assert.Equal("the user has no friends here", await SkipAsync(recommender, "friends", Ask.Only("friends", "lonely")));
        Assert.Equal("the user has no friends here", await SkipAsync(recommender, "friends", Ask.Only("friends")));
    }

    [Fact]
    public async Task Filters_are_pushed_down_so_that_a_narrow_one_still_fills_the_quota()
    {
        var release = SmallRelease.WithItems(200);
        foreach (var id in new[] { 150, 170, 190 })
        {
            release.Tag(SmallRelease.Id(id), "rare");
        }

        var request = Ask.Only("popular", quota: 2) with { Filter = new RequestFilter { AnyTags = ["rare"] } };
        Assert.Equal("item150 item170", await release.Recommender().ListAsync(request));
        var trace = (await release.Recommender().RecommendAsync(request)).Trace!.Channels[0];
        Assert.Equal(2, trace.Found);
        Assert.Equal(169, trace.Dropped["filter"]);
    }

    [Fact]
    public async Task Nothing_but_an_empty_release_gives_an_empty_list()
    {
        var recommender = new Recommender(new(new(Release.Empty, new())));
        var response = await recommender.RecommendAsync(new RecommendationRequest { Scene = "home", User = "u", Explain = true });
        Assert.Empty(response.Items);
        Assert.Empty(response.Degradations);
    }

    /// <summary>a, b, c point the same way, d, e the other way; f lies across; further ones have no vector.</summary>
    private static SmallRelease Vectors(SmallRelease release)
    {
        release.ItemVectors["a"] = [1, 0];
        release.ItemVectors["b"] = [0.9f, 0.1f];
        release.ItemVectors["c"] = [0.8f, 0.1f];
        release.ItemVectors["d"] = [-1, 0];
        release.ItemVectors["e"] = [-0.8f, 0];
        release.ItemVectors["f"] = [0, 0.5f];
        return release;
    }

    private static async Task<string?> SkipAsync(Recommender recommender, string channel, RecommendationRequest request)
    {
        var response = await recommender.RecommendAsync(request);
        Assert.Empty(response.Items);
        var trace = response.Trace!.Channels.Single(c => c.Name == channel);
        Assert.Equal(ChannelOutcome.Skipped, trace.Outcome);
        return trace.Reason;
    }
}
