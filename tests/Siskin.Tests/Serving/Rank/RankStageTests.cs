using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Siskin.Models.Scoring;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;

namespace Siskin.Tests.Serving.Rank;

public sealed class RankStageTests
{
    private static readonly RecommendationRequest Request = Ask.Only("popular", quota: 5).With("rank.model", "blend");

    [Fact]
    public async Task The_releases_blend_ranks_and_shows_the_features_that_it_saw()
    {
        var response = await Release().Recommender().RecommendAsync(Request);

        // The blend takes the least popular first; popularity goes by the logarithm.
        Assert.Equal("e d c b a", string.Join(' ', response.Items.Select(i => i.Item)));
        var features = response.Items[0].Trace!.Features;
        Assert.Equal(RankFeatures.Names([.. Siskin.Serving.Recall.RecallChannels.BuiltIn.Select(c => c.Name)]), features.Keys);
        Assert.Equal(Math.Log(1 + 4), features["item.popularity"], 1e-5);
        Assert.Equal(1 / Math.Sqrt(5), features["popular.place"], 1e-6);
        Assert.Equal(4 / 8.0, features["popular.relative"], 1e-6);
        Assert.Equal(-3, features["newest.logit"]);
        Assert.Equal(1, features["found.channels"]);
        Assert.Equal("a b c d e", await Release().Recommender().ListAsync(Request.With("rank.model", "none")));
    }

    [Fact]
    public async Task A_scorer_of_ones_own_takes_the_blends_place()
    {
        var scorer = new TestBlend.Scorer((batch, _) =>
        {
            for (var i = 0; i < batch.Count; i++)
            {
                batch.Scores.Span[i] = i == 2 ? 1 : 0.5f;
            }

            return ValueTask.CompletedTask;
        });
        Assert.Equal("c a b d e", await With(_ => scorer).ListAsync(Request));
    }

    [Fact]
    public async Task A_late_scorer_leaves_the_order_of_pre_rank_and_writes_into_nobodys_memory()
    {
        var gate = new TaskCompletionSource();
        var writes = new List<Task>();
        var held = new ConcurrentBag<float[]>();
        var scorer = new TestBlend.Scorer((batch, _) =>
        {
            held.Add(ArrayOf(batch));
            var write = WriteAsync(batch);
            writes.Add(write);
            return new ValueTask(write);
        });
        var recommender = With(_ => scorer);
        var reused = 0;
        var undisturbed = With(_ => new TestBlend.Scorer((batch, _) =>
        {
            reused += held.Contains(ArrayOf(batch)) ? 1 : 0;
            for (var i = 0; i < batch.Count; i++)
            {
                batch.Scores.Span[i] = i + 1;
            }

            return ValueTask.CompletedTask;
        }));
        for (var i = 0; i < 5; i++)
        {
            var response = await recommender.RecommendAsync(Request.With("deadlineMs", "40"));
            Assert.Equal("a b c d e", string.Join(' ', response.Items.Select(item => item.Item)));
            Assert.Equal((DegradationReason.StageLate, "rank"), (Assert.Single(response.Degradations).Reason, response.Degradations[0].Source));
            Assert.Empty(response.Items[0].Trace!.Features);
            Assert.Equal("e d c b a", await undisturbed.ListAsync(Request));
        }

        // What the abandoned scorers write now must not reach the memory that other requests rent.
        gate.SetResult();
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal("e d c b a", await undisturbed.ListAsync(Request));
        }

        await Task.WhenAll(writes);
        Assert.Equal(0, reused);

        static float[] ArrayOf(ScoringBatch batch) =>
            MemoryMarshal.TryGetArray<float>(batch.Scores, out var segment) ? segment.Array! : throw new InvalidOperationException("not an array");

        async Task WriteAsync(ScoringBatch batch)
        {
            await gate.Task;
            for (var i = 0; i < 1000; i++)
            {
                batch.Scores.Span.Fill(i);
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task A_late_scorer_is_told_by_its_token()
    {
        var told = new TaskCompletionSource();
        var asked = false;
        var scorer = new TestBlend.Scorer(async (_, token) =>
        {
            asked = true;
            await using var registration = token.Register(() => told.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
        });
        var recommender = With(_ => scorer);

        // On a busy machine the time may be over before the stage begins; then nobody was asked.
        for (var i = 0; i < 50 && !asked; i++)
        {
            var response = await recommender.RecommendAsync(Request.With("deadlineMs", "40"));
            Assert.Equal("a b c d e", string.Join(' ', response.Items.Select(item => item.Item)));
            Assert.Equal("rank", Assert.Single(response.Degradations).Source);
        }

        await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_scorer_that_throws_leaves_the_order_of_pre_rank(bool atOnce)
    {
        var scorer = new TestBlend.Scorer(async (_, _) =>
        {
            if (!atOnce)
            {
                await Task.Delay(1);
            }

            throw new InvalidDataException("no such model");
        });
        await FailsAsync(With(_ => scorer), "no such model; the order of pre-rank stands", "a b c d e");
        await FailsAsync(With(_ => throw new InvalidDataException("cannot be loaded")), "cannot be loaded; the order of pre-rank stands", "a b c d e");
        Assert.Equal("a b c d e", await With(_ => null).ListAsync(Request));
    }

    [Fact]
    public async Task Scores_that_are_not_finite_count_as_nothing_and_are_told()
    {
        var scorer = new TestBlend.Scorer((batch, _) =>
        {
            float[] scores = [float.NaN, 0.5f, float.PositiveInfinity, float.NegativeInfinity, 0.75f];
            scores.CopyTo(batch.Scores);
            return ValueTask.CompletedTask;
        });
        await FailsAsync(With(_ => scorer), "3 of 5 scores are not finite; they count as 0", "e b a c d");
        var response = await With(_ => scorer).RecommendAsync(Request.With("reRank.diversity", "0.5"));
        Assert.Equal(5, response.Items.Count);
        Assert.All(response.Items, i => Assert.True(double.IsFinite(i.Score)));
    }

    [Fact]
    public void Features_stay_finite_for_whatever_a_channel_scores()
    {
        var blend = TestBlend.By("item.age");
        foreach (var score in new[] { 0, -5, float.MaxValue, float.MinValue, float.Epsilon })
        {
            foreach (var best in new[] { 0, -1, 1, float.MaxValue, float.Epsilon })
            {
                var features = new float[3];
                RankFeatures.WriteChannel(blend, 0, 3, score, best, features);
                Assert.All(features, f => Assert.True(float.IsFinite(f)));
                Assert.InRange(features[2], -1, 1);
            }
        }

        Assert.Equal(12, RankFeatures.Logit(1), 0.1);
        Assert.Equal(-12, RankFeatures.Logit(0), 0.1);
        Assert.Equal(0, RankFeatures.Logit(0.5f));
    }

    private static SmallRelease Release()
    {
        var release = SmallRelease.WithItems(8);
        release.Blend = TestBlend.By("item.popularity", -1);
        return release;
    }

    private static Recommender With(Func<BlendModel, IScorer?> make) =>
        Release().Recommender(new RecommenderOptions { Scorer = make });

    private static async Task FailsAsync(Recommender recommender, string detail, string list)
    {
        for (var i = 0; i < 2; i++)
        {
            var response = await recommender.RecommendAsync(Request);
            Assert.Equal(new Degradation(DegradationReason.StageFailed, "rank", detail), Assert.Single(response.Degradations));
            Assert.Equal(list, string.Join(' ', response.Items.Select(item => item.Item)));
        }
    }
}
