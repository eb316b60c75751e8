using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Serving.Pipeline;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Offline.Jobs;

/// <summary>What a release is worth before anybody serves it: the online pipeline's lists against what was held back from the training.</summary>
/// <remarks>
/// Cheap: at the most two thousand users, of the release of the earlier part that the blend was trained over. It tells a
/// training that went wrong from one that did not, and is no evaluation: where there are few users, the blend has seen them.
/// </remarks>
internal static class HeldOutMeasure
{
    public const int Length = 10;

    private const int MostUsers = 2_000;
    private const int LeastUsers = 20;
    private const int Seed = 11;

    /// <summary>Measures.</summary>
    /// <param name="data">All data.</param>
    /// <param name="release">Of the earlier part, with the blend and the ranker.</param>
    /// <param name="held">What was held back from it.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>By name; empty when too few users have something held back.</returns>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(TrainingData data, Release release, Interaction[] held, CancellationToken cancellationToken)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var truth = TrainingPart.MatrixOf(data, held);
        var users = Enumerable.Range(0, data.UserIds.Count).Where(user => truth.Row(user).Length > 0).ToArray();
        if (users.Length < LeastUsers)
        {
            return metrics;
        }

        new Random(Seed).Shuffle(users);
        var rows = new Dictionary<string, int>(data.Items.Count, StringComparer.Ordinal);
        for (var row = 0; row < data.Items.Count; row++)
        {
            rows[data.Items[row].Id] = row;
        }

        var recommender = new Recommender(new SnapshotHolder(new ServingSnapshot(release, data.Directory)));
        var parameters = new Dictionary<string, string> { ["deadlineMs"] = "600000" };
        var evaluator = new RankingEvaluator(data.Items.Count, Length);
        foreach (var user in users.Take(MostUsers))
        {
            var request = new RecommendationRequest { Scene = "home", User = data.UserIds[user], Count = Length, Parameters = parameters };
            var response = await recommender.RecommendAsync(request, cancellationToken).ConfigureAwait(false);
            evaluator.Add([.. response.Items.Select(item => rows[item.Item])], truth.Row(user).Columns);
        }

        var report = evaluator.Report();
        metrics[$"ndcg@{Length}"] = report.At(Length).Ndcg;
        metrics[$"recall@{Length}"] = report.At(Length).Recall;
        metrics["users"] = report.Users;
        return metrics;
    }
}
