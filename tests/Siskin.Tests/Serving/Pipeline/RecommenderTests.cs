using Siskin.Data.Catalogue;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Recall;
using Siskin.Serving.Releases;

namespace Siskin.Tests.Serving.Pipeline;

public sealed class RecommenderTests
{
    [Fact]
    public async Task Counts_of_the_trace_add_up_from_stage_to_stage()
    {
        var release = RandomRelease(1);
        release.Blend = TestBlend.By("item.popularity");
        var response = await release.Recommender().RecommendAsync(new RecommendationRequest
        {
            Scene = "home",
            User = "u1",
            Explain = true,
            Count = 7,
            Parameters = new Dictionary<string, string> { ["preRank.keep"] = "20", ["deadlineMs"] = "60000" },
        });
        var stages = response.Trace!.Stages.ToDictionary(s => s.Name);

        Assert.Equal(["recall", "merge", "filter", "preRank", "rank", "reRank"], response.Trace.Stages.Select(s => s.Name));
        Assert.Equal(RecallChannels.BuiltIn.Select(c => c.Name), response.Trace.Channels.Select(c => c.Name));
        Assert.Equal(response.Trace.Channels.Sum(c => c.Found), stages["recall"].Out);
        Assert.All(response.Trace.Channels, c => Assert.InRange(c.Found, 0, c.Quota));
        Assert.Equal(stages["recall"].Out, stages["merge"].In);
        Assert.Equal(stages["merge"].In - stages["merge"].Out, stages["merge"].Dropped["duplicate"]);
        Assert.Equal(stages["merge"].Out, stages["filter"].In);
        Assert.Equal(response.Trace.Channels.Sum(c => c.Dropped.GetValueOrDefault("seen")), stages["filter"].Dropped["seen"]);
        Assert.Equal(stages["filter"].Out, stages["preRank"].In);
        Assert.Equal((20, stages["preRank"].In - 20), (stages["preRank"].Out, stages["preRank"].Dropped["quota"]));
        Assert.Equal((20, 20), (stages["rank"].In, stages["rank"].Out));
        Assert.Equal((20, 7, 13), (stages["reRank"].In, stages["reRank"].Out, stages["reRank"].Dropped["quota"]));
        Assert.Equal(7, response.Items.Count);
        Assert.Equal(["deadlineMs", "preRank.keep"], response.Trace.Parameters.Keys);
        Assert.All(response.Items, i => Assert.Equal(i.Channels, i.Trace!.Channels.Select(c => c.Channel)));
    }

    [Fact]
    public async Task Without_explain_there_is_no_trace_and_the_same_list()
    {
        var recommender = RandomRelease(2).Recommender();
        var request = new RecommendationRequest { Scene = "home", User = "u1", Explain = true };
        var plain = await recommender.RecommendAsync(request with { Explain = false });
        Assert.Null(plain.Trace);
        Assert.All(plain.Items, i => Assert.Null(i.Trace));
        Assert.Equal((await recommender.RecommendAsync(request)).Items.Select(i => i.Item), plain.Items.Select(i => i.Item));
    }

    [Fact]
    public async Task A_caller_that_gave_up_gets_no_answer_and_others_do()
    {
        var recommender = RandomRelease(2).Recommender();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await recommender.RecommendAsync(new RecommendationRequest { Scene = "home" }, new CancellationToken(true)));
        Assert.NotEmpty((await recommender.RecommendAsync(new RecommendationRequest { Scene = "home" })).Items);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Random_requests_never_break_the_rules_of_a_list(int seed)
    {
        var random = new Random(seed);
        var release = RandomRelease(seed);
        release.Blend = seed % 2 == 0 ? TestBlend.By("item.popularity") : null;
        var holder = release.Hold();
        var recommender = new Recommender(holder);
        var items = release.Items.ToDictionary(i => i.Id);
        var seen = new HashSet<(string, string)>(release.Histories());
        var refused = 0;
        for (var step = 0; step < 400; step++)
        {
            if (random.Next(10) == 0)
            {
                Change(random, holder, items, seen, step);
            }

            var request = RandomRequest(random, [.. items.Keys]);
            RecommendationResponse response;
            try
            {
                response = await recommender.RecommendAsync(request);
            }
            catch (RequestException)
            {
                refused++;
                continue;
            }

            var list = response.Items.Select(i => i.Item).ToArray();
            var most = request.Count ?? 30;
            Assert.Empty(response.Degradations);
            Assert.InRange(list.Length, 0, most);
            Assert.Equal(list.Length, list.Distinct().Count());
            Assert.All(response.Items, i => Assert.True(double.IsFinite(i.Score)));
            var pinned = request.Parameters.GetValueOrDefault("reRank.pins", string.Empty);
            foreach (var id in list)
            {
                Assert.True(items[id].IsAvailable);
                Assert.NotEqual(request.Item, id);
                Assert.True(request.Parameters.ContainsKey("filter.seen") || pinned.Contains(id + "@", StringComparison.Ordinal)
                    || (!seen.Contains((request.User ?? string.Empty, id)) && !request.RecentItems.Contains(id)));
                if (request.Filter is { } filter)
                {
                    Assert.True(filter.AnyTags.Count == 0 || items[id].Tags.Intersect(filter.AnyTags).Any());
                    Assert.Empty(items[id].Tags.Intersect(filter.NoTags));
                    Assert.True(filter.OnlyItems is null || filter.OnlyItems.Contains(id));
                    Assert.DoesNotContain(id, filter.NoItems);
                    Assert.True(filter.MinPrice is null || items[id].Price >= filter.MinPrice);
                }
            }
        }

        Assert.InRange(refused, 1, 200);
    }

    /// <summary>60 items, 12 users, neighbours, vectors, tags, friends and segments, all at random.</summary>
    internal static SmallRelease RandomRelease(int seed)
    {
        var random = new Random(seed);
        var release = SmallRelease.WithItems(60);
        string Any() => SmallRelease.Id(random.Next(60));
        for (var i = 0; i < 60; i++)
        {
            var id = SmallRelease.Id(i);
            release.Replace(id, item => item with
            {
                Tags = [.. new[] { "x", "y", "z" }.Where(_ => random.Next(3) == 0)],
                Price = random.Next(3) == 0 ? null : random.Next(20),
                IsAvailable = random.Next(10) > 0,
            });
            release.Trend[id] = random.NextDouble() * 5;
            release.Opinions[id] = (random.Next(5), 5);
            release.Neighbours(id, [.. Enumerable.Range(0, 5).Select(_ => (Any(), random.NextSingle()))]);
            if (random.Next(4) > 0)
            {
                release.ItemVectors[id] = [random.NextSingle() - 0.5f, random.NextSingle() - 0.5f];
            }
        }

        for (var u = 0; u < 12; u++)
        {
            foreach (var item in Enumerable.Range(0, random.Next(1, 15)).Select(_ => Any()).Distinct())
            {
                var flags = random.Next(4) switch { 0 => HistoryFlags.Liked, 1 => HistoryFlags.Disliked, _ => HistoryFlags.None };
                release.Took("u" + u, item, flags == HistoryFlags.Disliked ? 0 : 1, HistoryFlags.Consumed | flags);
            }

            release.UserVectors["u" + u] = u % 5 == 0 ? [0, 0] : [random.NextSingle() - 0.5f, random.NextSingle() - 0.5f];
            release.Users.Add(new User { Id = "u" + u, Friends = [.. Enumerable.Range(0, 3).Select(_ => "u" + random.Next(14))] });
        }

        return release.Segment("country", "de", (Any(), 0.5f), ("b", 0.25f));
    }

    private static void Change(Random random, Siskin.Serving.Snapshot.SnapshotHolder holder, Dictionary<string, Item> items, HashSet<(string, string)> seen, int step)
    {
        var id = random.Next(2) == 0 ? $"posted{random.Next(30)}" : items.Keys.ElementAt(random.Next(items.Count));
        switch (random.Next(4))
        {
            case 0:
                var user = "u" + random.Next(14);
                holder.Happened(user, id, random.Next(2) == 0 ? "view" : "dislike");
                seen.Add((user, id));
                break;
            case 1 when items.TryGetValue(id, out var gone):
                holder.Delete(id);
                items[id] = gone with { IsAvailable = false };
                break;
            case 2:
                holder.Current.RefreshLists();
                break;
            default:
                var item = new Item { Id = id, Tags = [.. new[] { "x", "z", $"t{step}" }.Where(_ => random.Next(2) == 0)], Price = random.Next(20), IsAvailable = random.Next(5) > 0 };
                holder.Post(item);
                items[id] = item;
                break;
        }
    }

    private static RecommendationRequest RandomRequest(Random random, string[] ids)
    {
        string Any() => random.Next(40) == 0 ? "nowhere" : ids[random.Next(ids.Length)];
        var parameters = new Dictionary<string, string> { ["deadlineMs"] = "600000" };
        void Maybe(string name, params string[] values)
        {
            if (random.Next(6) == 0)
            {
                parameters[name] = values[random.Next(values.Length)];
            }
        }

        Maybe("reRank.diversity", "0", "0.5", "1", "2");
        Maybe("reRank.tagCap", "0", "1", "3");
        Maybe("reRank.pins", $"{Any()}@1", $"{Any()}@3;{Any()}@1000", "x");
        Maybe("reRank.boosts", "tag:x=0", $"item:{Any()}=100;tag:y=0.5");
        Maybe("reRank.freshnessBoost", "0", "100");
        Maybe("filter.seen", "false");
        Maybe("recall.history", "1", "10000");
        Maybe("recall.historyHalfLife", "0.001", "10000");
        Maybe("recall.popular.quota", "0", "10000", "-1");
        Maybe("recall.embedding.quota", "0", "1", "10000");
        Maybe("preRank.keep", "1", "10000");
        Maybe("reRank.window", "1", "1000");
        Maybe("rank.model", "none", "blend");
        var filter = random.Next(3) > 0 ? null : new RequestFilter
        {
            AnyTags = random.Next(3) == 0 ? [random.Next(9) == 0 ? "unheard" : "x", "y"] : [],
            NoTags = random.Next(3) == 0 ? ["z"] : [],
            OnlyItems = random.Next(5) == 0 ? [.. Enumerable.Range(0, random.Next(10)).Select(_ => Any())] : null,
            NoItems = random.Next(3) == 0 ? [Any(), Any()] : [],
            MinPrice = random.Next(5) == 0 ? random.Next(20) : null,
        };
        return new RecommendationRequest
        {
            Scene = new[] { "home", "similar", "feed" }[random.Next(3)],
            User = random.Next(5) == 0 ? null : "u" + random.Next(14),
            Item = random.Next(4) == 0 ? Any() : null,
            RecentItems = random.Next(4) == 0 ? [.. Enumerable.Range(0, random.Next(5)).Select(_ => Any())] : [],
            Count = random.Next(3) == 0 ? null : new[] { 1, 5, 50, 1000 }[random.Next(4)],
            Context = random.Next(2) == 0 ? new Dictionary<string, string> { ["country"] = "de" } : null!,
            Filter = filter,
            Explain = random.Next(2) == 0,
            Parameters = parameters,
        };
    }
}
