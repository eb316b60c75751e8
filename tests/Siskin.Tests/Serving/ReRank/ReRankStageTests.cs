using Siskin.Serving.Pipeline;
using Siskin.Serving.ReRank;

namespace Siskin.Tests.Serving.ReRank;

public sealed class ReRankStageTests
{
    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.3, 2)]
    [InlineData(0.7, 3)]
    [InlineData(1, 4)]
    public async Task Maximal_marginal_relevance_equals_a_plain_reference(double diversity, int seed)
    {
        const int Count = 30;
        var random = new Random(seed);
        var release = SmallRelease.WithItems(Count);
        for (var i = 0; i < Count; i++)
        {
            // A third has no vector, or a zero one: tags decide there.
            var kind = random.Next(3);
            if (kind > 0)
            {
                release.ItemVectors[SmallRelease.Id(i)] = [(float)random.NextDouble() - 0.3f, (float)random.NextDouble() - 0.3f, kind - 1.5f];
            }

            release.Tag(SmallRelease.Id(i), [.. new[] { "x", "y", "z" }.Where(_ => random.Next(2) == 0)]);
        }

        var recommender = release.Recommender();
        var request = Ask.Only("popular", count: 12);
        var relevance = (await recommender.RecommendAsync(request with { Count = Count })).Items.ToDictionary(i => i.Item, i => i.Score);
        var expected = Reference(release, relevance, (float)diversity, 12);

        Assert.Equal(string.Join(' ', expected), await recommender.ListAsync(request.With("reRank.diversity", diversity.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task A_cap_holds_until_the_list_could_not_be_filled_and_the_note_says_so()
    {
        var release = SmallRelease.WithItems(6);
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            release.Tag(id, "x");
        }

        var recommender = release.Recommender();
        var request = Ask.Only("popular").With("reRank.tagCap", "2");
        Assert.Equal("a b e f", await recommender.ListAsync(request with { Count = 4 }));
        var response = await recommender.RecommendAsync(request with { Count = 6 });
        Assert.Equal("a b e f c d", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal([0, 0, 0, 0, 1, 1], response.Items.Select(i => i.Trace!.Notes.Count(n => n == "cap on tags relaxed")));
    }

    [Fact]
    public async Task Boosts_multiply_and_are_noted()
    {
        var recommender = SmallRelease.WithItems(5).Tag("d", "x").Recommender();
        var request = Ask.Only("popular").With("reRank.boosts", "tag:x=3;item:e=4;item:a=0;tag:unknown=9;item:nowhere=9");
        var response = await recommender.RecommendAsync(request);
        Assert.Equal("e d b c a", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal(["item e ×4"], response.Items[0].Trace!.Notes);
        Assert.Equal(["tag x ×3"], response.Items[1].Trace!.Notes);
        Assert.Equal(0, response.Items[^1].Score);
    }

    [Fact]
    public async Task No_pile_of_boosts_makes_a_score_infinite()
    {
        var recommender = SmallRelease.WithItems(5).Recommender();
        var boosts = string.Join(';', Enumerable.Repeat("item:e=100", 99)) + ";item:e=0";
        foreach (var text in new[] { boosts, boosts[..^9] })
        {
            var response = await recommender.RecommendAsync(Ask.Only("popular").With("reRank.boosts", text).With("reRank.diversity", "0.2"));
            Assert.Equal(5, response.Items.Count);
            Assert.All(response.Items, i => Assert.True(double.IsFinite(i.Score)));
        }
    }

    [Fact]
    public async Task Fresh_items_gain_by_their_age()
    {
        var recommender = SmallRelease.WithItems(5).Recommender();
        Assert.Equal("a b c d e", await recommender.ListAsync(Ask.Only("popular")));
        Assert.Equal("e d c b a", await recommender.ListAsync(Ask.Only("popular").With("reRank.freshnessBoost", "100").With("reRank.freshnessHalfLifeDays", "1")));
    }

    [Fact]
    public async Task A_pin_overrules_that_an_item_is_seen_but_not_availability_nor_filter_nor_the_end_of_the_list()
    {
        var release = SmallRelease.WithItems(8)
            .Replace("g", i => i with { IsAvailable = false })
            .Tag("f", "bad")
            .Took("u", "d");
        var recommender = release.Recommender();
        var request = Ask.Only("popular", "u", 4, quota: 3) with { Filter = new RequestFilter { NoTags = ["bad"] } };

        Assert.Equal("a b c", await recommender.ListAsync(request));
        Assert.Equal("a h b c", await recommender.ListAsync(request.With("reRank.pins", "h@2")));
        Assert.Equal("d a b c", await recommender.ListAsync(request.With("reRank.pins", "d@1")));
        Assert.Equal("a b c", await recommender.ListAsync(request.With("reRank.pins", "g@1;f@2;nowhere@3;h@5")));
        Assert.Equal("c a b h", await recommender.ListAsync(request.With("reRank.pins", "c@1;h@4")));
    }

    [Fact]
    public async Task Pins_behind_the_last_candidate_move_up_and_are_named_by_the_place_they_get()
    {
        var recommender = SmallRelease.WithItems(8).Recommender();
        var response = await recommender.RecommendAsync(Ask.Only("popular", count: 10, quota: 2).With("reRank.pins", "a@9;h@7;g@4"));
        Assert.Equal("b g h a", string.Join(' ', response.Items.Select(i => i.Item)));
        Assert.Equal(["popular"], response.Items[0].Channels);
        Assert.Equal(["pinned"], response.Items[1].Channels);
        Assert.Equal(["pinned", "popular"], response.Items[3].Channels);
        Assert.Equal(["pinned to place 4"], response.Items[3].Trace!.Notes);
        Assert.Equal(["pinned to place 2"], response.Items[1].Trace!.Notes);
    }

    [Fact]
    public async Task Pinned_items_count_for_caps_and_diversity()
    {
        var release = SmallRelease.WithItems(5).Tag("a", "x").Tag("b", "y").Tag("e", "x");
        var recommender = release.Recommender();
        var request = Ask.Only("popular", count: 2).With("reRank.pins", "e@1");
        Assert.Equal("e a", await recommender.ListAsync(request));
        Assert.Equal("e b", await recommender.ListAsync(request.With("reRank.tagCap", "1")));
        Assert.Equal("e b", await recommender.ListAsync(request.With("reRank.diversity", "0.5")));
    }

    [Theory]
    [InlineData("tag:x")]
    [InlineData("tag:=2")]
    [InlineData("colour:x=2")]
    [InlineData("tag:x=NaN")]
    [InlineData("tag:x=101")]
    [InlineData("item:x=-1")]
    public void A_boost_of_another_form_is_refused(string text) => Assert.Throws<FormatException>(() => BoostRule.Parse(text));

    [Theory]
    [InlineData("a")]
    [InlineData("@1")]
    [InlineData("a@0")]
    [InlineData("a@1001")]
    [InlineData("a@1;b@1")]
    [InlineData("a@1;a@2")]
    public void A_pin_of_another_form_is_refused(string text) => Assert.Throws<FormatException>(() => PinRule.Parse(text));

    [Fact]
    public void Names_may_hold_the_signs_of_the_grammar()
    {
        Assert.Equal([new BoostRule(true, "a:b=c", 2)], BoostRule.Parse(" tag:a:b=c=2 ; "));
        Assert.Equal([new PinRule("a@b", 3)], PinRule.Parse(";a@b@3;"));
        Assert.Throws<FormatException>(() => BoostRule.Parse(string.Join(';', Enumerable.Repeat("tag:x=1", 101))));
    }

    private static List<string> Reference(SmallRelease release, Dictionary<string, double> scores, float diversity, int count)
    {
        var logs = scores.ToDictionary(s => s.Key, s => MathF.Log((float)s.Value));
        var (low, high) = (logs.Values.Min(), logs.Values.Max());
        var left = scores.Keys.OrderByDescending(id => scores[id]).ToList();
        var chosen = new List<string>();
        while (chosen.Count < count)
        {
            var best = left.MaxBy(id => ((1 - diversity) * (logs[id] - low) / (high - low)) - (diversity * chosen.Select(c => Likeness(release, id, c)).DefaultIfEmpty(0).Max()))!;
            left.Remove(best);
            chosen.Add(best);
        }

        return chosen;
    }

    private static float Likeness(SmallRelease release, string a, string b)
    {
        if (release.ItemVectors.TryGetValue(a, out var x) && release.ItemVectors.TryGetValue(b, out var y))
        {
            var dot = x.Zip(y).Sum(p => p.First * p.Second);
            return Math.Max(0, dot / MathF.Sqrt(x.Sum(v => v * v)) / MathF.Sqrt(y.Sum(v => v * v)));
        }

        var (left, right) = (release.Items.Single(i => i.Id == a).Tags, release.Items.Single(i => i.Id == b).Tags);
        var all = left.Union(right).Count();
        return all == 0 ? 0 : (float)left.Intersect(right).Count() / all;
    }
}
