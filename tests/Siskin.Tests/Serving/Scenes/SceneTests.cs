using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Scenes;

namespace Siskin.Tests.Serving.Scenes;

public sealed class SceneTests
{
    [Fact]
    public void Every_parameter_has_a_default_that_is_allowed_and_a_sentence()
    {
        var parameters = SmallRelease.WithItems(1).Recommender().Scenes.Parameters.Parameters;
        Assert.Equal(parameters.Count, parameters.Select(p => p.Name).Distinct().Count());
        Assert.All(parameters, p =>
        {
            Assert.Null(p.Explain(p.Default, out _));
            Assert.EndsWith(".", p.Description, StringComparison.Ordinal);
        });
        Assert.Contains(parameters, p => p.Name == "recall.embedding.quota");
    }

    [Fact]
    public async Task Every_parameter_refuses_what_is_out_of_its_range_and_names_itself()
    {
        var recommender = SmallRelease.WithItems(3).Recommender();
        foreach (var parameter in recommender.Scenes.Parameters.Parameters)
        {
            string[] wrong = parameter.Kind switch
            {
                SceneParameterKind.Boolean => ["yes", "TRUE", string.Empty, null!],
                SceneParameterKind.Text => ["no?sense", null!],
                SceneParameterKind.Integer => ["1.5", "NaN", "abc", null!, Text(parameter.Min - 1), Text(parameter.Max + 1), "1e300"],
                _ => ["NaN", "abc", "∞", "Infinity", null!, Text(parameter.Min - 1), Text(parameter.Max + 1)],
            };
            foreach (var value in wrong)
            {
                var request = new RecommendationRequest { Scene = "home", Parameters = new Dictionary<string, string> { [parameter.Name] = value } };
                Assert.Equal("parameters." + parameter.Name, (await recommender.RefusedAsync(request)).Field);
            }
        }

        var unknown = await recommender.RefusedAsync(new RecommendationRequest { Scene = "home", Parameters = new Dictionary<string, string> { ["reRank.colour"] = "1" } });
        Assert.Equal("parameters.reRank.colour", unknown.Field);
    }

    [Fact]
    public async Task An_unknown_scene_item_or_count_is_refused_by_name()
    {
        var recommender = SmallRelease.WithItems(3).Recommender();
        var scene = await recommender.RefusedAsync(new RecommendationRequest { Scene = "nowhere" });
        Assert.Equal(("scene", true), (scene.Field, scene.IsNotFound));
        Assert.Equal("scene", (await recommender.RefusedAsync(new RecommendationRequest { Scene = null! })).Field);
        var item = await recommender.RefusedAsync(new RecommendationRequest { Scene = "home", Item = "nothing" });
        Assert.Equal(("item", true), (item.Field, item.IsNotFound));
        foreach (var count in new[] { 0, -1, 1001, int.MaxValue })
        {
            Assert.Equal("count", (await recommender.RefusedAsync(new RecommendationRequest { Scene = "home", Count = count })).Field);
        }
    }

    [Fact]
    public async Task A_definition_replaces_the_built_in_scene_of_its_name_and_adds_others()
    {
        var definitions = new SceneDefinition[]
        {
            new() { Name = "home", Parameters = new Dictionary<string, string> { ["count"] = "2" } },
            new() { Name = "mine", Description = "Mine.", Parameters = new Dictionary<string, string> { ["count"] = "3" } },
        };
        var recommender = SmallRelease.WithItems(30).Recommender(new RecommenderOptions { Scenes = definitions });
        Assert.Equal(["feed", "for-you", "home", "mine", "similar"], recommender.Scenes.Scenes.Select(s => s.Name));
        Assert.Equal("2", recommender.Scenes.Get("home").Values["count"]);
        Assert.Equal(["count"], recommender.Scenes.Get("mine").Changed.Keys);
        Assert.Equal(2, (await recommender.RecommendAsync(new RecommendationRequest { Scene = "home" })).Items.Count);
        Assert.Equal(3, (await recommender.RecommendAsync(new RecommendationRequest { Scene = "mine" })).Items.Count);
        Assert.Equal(5, (await recommender.RecommendAsync(new RecommendationRequest { Scene = "mine", Count = 5 })).Items.Count);

        var wrong = new RecommenderOptions { Scenes = [new() { Name = "mine", Parameters = new Dictionary<string, string> { ["count"] = "many" } }] };
        Assert.Equal("scenes.mine.count", Assert.Throws<RequestException>(() => SmallRelease.WithItems(1).Recommender(wrong)).Field);
        Assert.Equal("scenes.name", Assert.Throws<RequestException>(() => SmallRelease.WithItems(1).Recommender(new RecommenderOptions { Scenes = [new() { Name = "a b" }] })).Field);
    }

    [Fact]
    public async Task Pre_rank_keeps_as_many_as_it_is_told_but_never_fewer_than_the_list_needs()
    {
        var recommender = SmallRelease.WithItems(40).Recommender();
        var request = Ask.Only("popular", count: 5);
        Assert.Equal(7, await KeptAsync("7"));
        Assert.Equal(5, await KeptAsync("1"));
        Assert.Equal(40, await KeptAsync("300"));

        async Task<int> KeptAsync(string keep) =>
            (await recommender.RecommendAsync(request.With("preRank.keep", keep))).Trace!.Stages.Single(s => s.Name == "preRank").Out;
    }

    [Fact]
    public async Task Seen_items_are_shown_when_the_scene_says_so()
    {
        var recommender = SmallRelease.WithItems(3).Took("u", "a").Recommender();
        Assert.Equal("b c", await recommender.ListAsync(Ask.Only("popular", "u")));
        Assert.Equal("a b c", await recommender.ListAsync(Ask.Only("popular", "u").With("filter.seen", "false")));
    }

    [Fact]
    public async Task The_best_of_each_liked_tag_and_the_window_can_be_narrowed()
    {
        var release = SmallRelease.WithItems(6).Took("u", "f", flags: Siskin.Serving.Releases.HistoryFlags.Liked);
        foreach (var item in release.Items.ToArray())
        {
            release.Tag(item.Id, "x");
        }

        var recommender = release.Recommender();
        Assert.Equal("a b c d e f", await recommender.ListAsync(Ask.Only("liked-tag", "u")));
        Assert.Equal("a b", await recommender.ListAsync(Ask.Only("liked-tag", "u").With("recall.liked-tag.best", "2")));

        var wide = SmallRelease.WithItems(5).Tag("a", "x").Tag("b", "x").Tag("c", "x").Tag("d", "y").Recommender();
        var capped = Ask.Only("popular", count: 2).With("reRank.tagCap", "1");
        Assert.Equal("a d", await wide.ListAsync(capped));
        Assert.Equal("a b", await wide.ListAsync(capped.With("reRank.window", "3")));
    }

    [Fact]
    public async Task The_similar_scene_answers_for_nobody_in_particular()
    {
        var recommender = SmallRelease.WithItems(6).Neighbours("a", ("d", 0.9f), ("c", 0.5f)).Add(new Item { Id = "alone" }).Recommender();
        Assert.Equal(["d", "c"], (await recommender.SimilarAsync("a", 2)).Items.Select(i => i.Item));
        Assert.DoesNotContain("a", (await recommender.SimilarAsync("a", 10)).Items.Select(i => i.Item));
        await Assert.ThrowsAsync<RequestException>(async () => await recommender.SimilarAsync("nothing", 2));
    }

    private static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
