using System.Collections.Concurrent;
using Siskin.Models.Graph;
using Siskin.Models.Scoring;
using Siskin.Offline.Jobs;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Rank;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;
using Siskin.Vectors;

namespace Siskin.Tests.Offline;

public sealed class RankerTests
{
    private static readonly Dictionary<string, string> NoDeadline = new() { ["deadlineMs"] = "600000" };

    private static Lazy<Task<Release>> LazyRelease { get; } = new(async () => await TrainJob.TrainAsync(
        await TrainedWorld.DataAsync(),
        TrainedWorld.Settings with { Ranker = new RankerSettings { Model = "din", Settings = new Dictionary<string, string> { ["dimensions"] = "4", ["layers"] = "8" }, Epochs = 2 } },
        TuningEffort.None));

    [Fact]
    public async Task Online_scores_are_those_of_the_trained_graph_over_the_same_inputs()
    {
        var (data, release) = (await TrainedWorld.DataAsync(), await LazyRelease.Value);
        var ranker = release.Ranker!;
        var inputs = new RankerInputs(release, ranker.Description);
        using var scorer = new GraphScorer(ranker.Graph, 1);
        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        var compared = 0;
        foreach (var user in data.UserIds.Take(10))
        {
            var history = Array.Empty<int>();
            await recommender.DescribeCandidatesAsync(new RecommendationRequest { Scene = "home", User = user }, candidates => history = candidates.RecentRows.ToArray());
            var response = await recommender.RecommendAsync(new RecommendationRequest { Scene = "home", User = user, Count = 30, Explain = true, Parameters = NoDeadline });
            Assert.Empty(response.Degradations);
            foreach (var item in response.Items)
            {
                var row = Enumerable.Range(0, release.Items.Count).First(i => release.Items[i].Id == item.Item);
                var features = item.Trace!.Features.Values.Select(value => (float)value).ToArray();
                var numbers = new float[features.Length];
                ranker.Scale(features, numbers);
                var ids = new int[ranker.Description.HistoryLength];
                var length = inputs.History(history, ids);
                var tags = inputs.TagsOf(row).ToArray();
                var example = new ExampleTable(
                    ranker.Layout, 1, [inputs.IdOf(row)], numbers, [new IdSequences([0, tags.Length], tags), new IdSequences([0, length], ids[..length])], [0f]);
                var logit = new float[1];
                scorer.Score(example, logit);
                Assert.Equal(1 / (1 + Math.Exp(-(logit[0] + ranker.Description.Shift))), item.Trace.Scores["rank"], 1e-6);
                compared++;
            }
        }

        Assert.True(compared > 100);
    }

    [Fact]
    public async Task A_release_keeps_its_ranker_and_a_damaged_one_is_refused()
    {
        var (data, release) = (await TrainedWorld.DataAsync(), await LazyRelease.Value);
        var root = Directory.CreateTempSubdirectory("siskin-ranker").FullName;
        try
        {
            var store = new ReleaseStore(root);
            var number = store.Write(release).Number;
            var read = store.Read(number);
            Assert.Equal(await ScoresAsync(release, data), await ScoresAsync(read, data));
            Assert.Equal("din dimensions=4 layers=8", read.Manifest.Settings["rank.model"]);
            var path = Path.Combine(store.PathOf(number), "ranker.model");
            var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            bytes[^200] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            Assert.Contains("ranker.model", Assert.Throws<ModelFormatException>(() => store.Read(number)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task A_scene_may_ask_for_the_blend_and_a_scorer_of_ones_own_gets_rows_and_history()
    {
        var (data, release) = (await TrainedWorld.DataAsync(), await LazyRelease.Value);
        var holder = new SnapshotHolder(new ServingSnapshot(release, data.Directory));
        var plain = new Recommender(holder);
        var request = new RecommendationRequest { Scene = "home", User = data.UserIds[0], Parameters = NoDeadline, Explain = true };
        var ranked = await plain.RecommendAsync(request);
        var blended = await plain.RecommendAsync(request with { Parameters = new Dictionary<string, string>(NoDeadline) { ["rank.model"] = "blend" } });
        Assert.NotEqual(ranked.Items.Select(item => item.Trace!.Scores["rank"]), blended.Items.Select(item => item.Trace!.Scores["rank"]));

        var seen = new ConcurrentQueue<(int[] Items, int[] History)>();
        var own = new Recommender(holder, new RecommenderOptions { Scorer = _ => new Recorder(seen, release.Blend!.Features.Count) });
        var history = Array.Empty<int>();
        await own.DescribeCandidatesAsync(request, candidates => history = candidates.RecentRows.ToArray());
        await own.RecommendAsync(request);
        var (rows, recent) = Assert.Single(seen);
        Assert.Equal(history, recent);
        Assert.NotEmpty(history);
        Assert.Equal(rows.Length, rows.Distinct().Count());
    }

    private static async Task<double[]> ScoresAsync(Release release, TrainingData data)
    {
        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        var response = await recommender.RecommendAsync(new RecommendationRequest { Scene = "home", User = data.UserIds[3], Count = 20, Explain = true, Parameters = NoDeadline });
        Assert.Empty(response.Degradations);
        return [.. response.Items.Select(item => item.Trace!.Scores["rank"])];
    }

    private sealed class Recorder(ConcurrentQueue<(int[] Items, int[] History)> seen, int features) : IScorer
    {
        public int FeatureCount => features;

        public int Heads => 1;

        public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
        {
            seen.Enqueue((batch.Items.ToArray(), batch.History.ToArray()));
            batch.Scores.Span.Clear();
            return ValueTask.CompletedTask;
        }
    }
}
