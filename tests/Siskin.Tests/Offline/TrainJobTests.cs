using Siskin.Offline.Jobs;
using Siskin.Offline.Releases;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Offline;

public sealed class TrainJobTests
{
    [Fact]
    public async Task Features_in_training_equal_features_in_serving_to_the_last_bit()
    {
        var data = await TrainedWorld.DataAsync();
        var release = await TrainedWorld.ReleaseAsync();
        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        var channels = recommender.Channels.Count;
        var compared = 0;
        foreach (var user in data.UserIds.Take(20))
        {
            var trained = new Dictionary<string, double[]>();
            await recommender.DescribeCandidatesAsync(new RecommendationRequest { Scene = "home", User = user }, candidates =>
            {
                var best = new float[channels];
                for (var cell = 0; cell < candidates.Places.Length; cell++)
                {
                    best[cell % channels] = candidates.Places[cell] == 1 ? candidates.Scores[cell] : best[cell % channels];
                }

                for (var i = 0; i < candidates.Rows.Length; i++)
                {
                    var features = new float[release.Blend!.Features.Count];
                    for (var c = 0; c < channels; c++)
                    {
                        RankFeatures.WriteChannel(release.Blend, c, candidates.Places[(i * channels) + c], candidates.Scores[(i * channels) + c], best[c], features.AsSpan(c * 3, 3));
                    }

                    candidates.CommonFeatures.Slice(i * RankFeatures.CommonNames.Count, RankFeatures.CommonNames.Count).CopyTo(features.AsSpan(channels * 3));
                    trained[release.Items[candidates.Rows[i]].Id] = [.. features.Select(f => (double)f)];
                }
            });

            var response = await recommender.RecommendAsync(new RecommendationRequest
            {
                Scene = "home",
                User = user,
                Count = 50,
                Explain = true,
                Parameters = new Dictionary<string, string> { ["deadlineMs"] = "600000" },
            });
            Assert.Empty(response.Degradations);
            foreach (var item in response.Items)
            {
                Assert.Equal(trained[item.Item], item.Trace!.Features.Values);
                compared++;
            }
        }

        Assert.True(compared > 200);
    }

    [Fact]
    public async Task The_release_knows_all_and_recommends_what_was_not_seen()
    {
        var data = await TrainedWorld.DataAsync();
        var release = await TrainedWorld.ReleaseAsync();
        Assert.Equal(data.Items.Count, release.Items.Count);
        Assert.Equal(data.UserIds, release.Users.Ids);
        Assert.Equal(data.Events.Max(e => e.TimeMs), release.Manifest.LastEventMs);
        Assert.Equal(data.Pairs.Length, release.Manifest.Counts["pairs"]);
        Assert.NotNull(release.Blend);

        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        var seen = data.Events.Where(e => data.Schema.EventTypes[e.Type].IsConsumption).Select(e => (e.User, data.Items[e.Item].Id)).ToHashSet();
        for (var user = 0; user < 20; user++)
        {
            var list = (await recommender.RecommendAsync(new RecommendationRequest { Scene = "home", User = data.UserIds[user] })).Items;
            Assert.Equal(10, list.Count);
            Assert.All(list, item => Assert.DoesNotContain((user, item.Item), seen));
        }
    }

    [Fact]
    public async Task Training_twice_gives_the_same_blend()
    {
        var first = await TrainedWorld.ReleaseAsync();
        var second = await TrainJob.TrainAsync(await TrainedWorld.DataAsync(), TrainedWorld.Settings, TuningEffort.None);
        Assert.Equal(first.Blend!.Logistic.Weights, second.Blend!.Logistic.Weights);
        Assert.Equal(first.Factors!.ItemFactors, second.Factors!.ItemFactors);
    }

    [Fact]
    public async Task With_too_little_to_learn_from_there_is_no_blend_and_the_pipeline_answers_all_the_same()
    {
        var data = await TrainedWorld.DataAsync();
        var earlier = TrainingPart.Whole(data);
        var release = ReleaseBuilder.Build(earlier, TrainedWorld.Settings, null, null, null, null, default);
        Assert.Null(await BlendTrainer.TrainAsync(earlier, release, [], TrainedWorld.Settings, default));
        Assert.Null(await BlendTrainer.TrainAsync(earlier, release, data.Pairs[..40], TrainedWorld.Settings, default));

        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        Assert.Equal(10, (await recommender.RecommendAsync(new RecommendationRequest { Scene = "home", User = data.UserIds[0] })).Items.Count);
    }

    [Fact]
    public async Task Without_any_event_a_release_is_made_that_serves_what_is_new()
    {
        var builder = new TrainingDataBuilder(Siskin.Data.Catalogue.CatalogueSchema.Default);
        builder.Add(new Siskin.Data.Catalogue.Item { Id = "a" });
        var release = await TrainJob.TrainAsync(builder.Build(0, 0), TrainedWorld.Settings, TuningEffort.None);
        Assert.Null(release.Blend);
        Assert.Null(release.Factors);
        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, new UserDirectory())));
        Assert.Equal("a", Assert.Single((await recommender.RecommendAsync(new RecommendationRequest { Scene = "home" })).Items).Item);
    }

    [Fact]
    public async Task An_oracle_that_knows_what_is_held_back_gets_full_marks_and_its_opposite_none()
    {
        var data = await TrainedWorld.DataAsync();
        var held = TrainedWorld.Keys(Split.Of(TrainingPart.Whole(data), SplitKind.PerUser).Held);
        var perfect = await EvaluateAsync(1);
        var poor = await EvaluateAsync(-1);

        Assert.Equal(1, perfect.Ndcg, 1e-9);
        Assert.Equal(1, perfect.HitRate, 1e-9);
        Assert.Equal(1, perfect.Mrr, 1e-9);
        Assert.Equal(0, poor.Ndcg, 1e-9);
        Assert.Equal(0, poor.HitRate, 1e-9);

        async Task<Siskin.Models.Evaluation.RankingAtK> EvaluateAsync(float sign)
        {
            var report = await EvaluateJob.RunAsync(data, SplitKind.PerUser, new EvaluationOptions
            {
                Lengths = [1, 5],
                Settings = TrainedWorld.Settings,
                Effort = TuningEffort.None,
                RunPipeline = sign > 0,
                Oracle = (user, _, scores) =>
                {
                    var row = data.UserIds.ToList().IndexOf(user);
                    for (var item = 0; item < scores.Length; item++)
                    {
                        scores[item] = held.Contains((row, item)) ? sign : 0;
                    }
                },
            });
            Assert.Equal(sign > 0 ? ["popularity", "item-CF", "item-CF damped", "iALS", "pipeline before diversity", "pipeline", "oracle"] : ["popularity", "item-CF", "item-CF damped", "iALS", "oracle"], report.Rows.Select(r => r.Name));
            Assert.All(report.Rows, r => Assert.InRange(r.Report.At(5).Ndcg, 0, 1));
            return report.Rows[^1].Report.At(1);
        }
    }
}
