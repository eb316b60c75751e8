using System.Diagnostics;
using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;

namespace Siskin.Benchmarks.Retrieval;

/// <summary>Quality of item neighbours on real files: settings are chosen on a tenth of each user's train items.</summary>
internal static class ItemNeighboursConsole
{
    public static void Compare(string trainPath, string testPath)
    {
        var all = InteractionFile.Read(trainPath);
        var split = DataSplits.PerUserRandom(all, 0.1, seed: 1);
        var matrices = InteractionFile.ToMatrices(all, InteractionFile.Read(testPath), split.Train, split.Test);
        var (bestRecall, best) = (-1.0, new ItemNeighboursOptions());
        foreach (var options in Settings())
        {
            var recall = Evaluate(matrices[2], matrices[3], options).Recall;
            Console.WriteLine($"{recall:F4}  {options}");
            if (recall > bestRecall)
            {
                (bestRecall, best) = (recall, options);
            }
        }

        var start = Stopwatch.GetTimestamp();
        var figures = Evaluate(matrices[0], matrices[1], best);
        Console.WriteLine($"best: {best}");
        Console.WriteLine($"test: Recall@20 {figures.Recall:F4}  NDCG@20 {figures.Ndcg:F4}  coverage {figures.Coverage:F3}  ({Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s)");
    }

    private static IEnumerable<ItemNeighboursOptions> Settings()
    {
        foreach (var neighbours in new[] { 20, 100 })
        {
            yield return new() { Neighbours = neighbours };
            yield return new() { Neighbours = neighbours, UserFrequencyWeighting = true };
        }

        foreach (var neighbours in new[] { 50, 200, 1000 })
        {
            foreach (var user in new[] { 0.5f, 1f, 1.5f })
            {
                foreach (var history in new[] { 0.5f, 0.75f, 1f })
                {
                    foreach (var damping in new[] { 0.5f, 0.65f, 0.8f })
                    {
                        yield return new() { Neighbours = neighbours, UserDamping = user, Kind = ItemSimilarity.PopularityDamped, HistoryDamping = history, Damping = damping };
                    }
                }
            }
        }
    }

    private static RankingAtK Evaluate(InteractionMatrix train, InteractionMatrix truth, ItemNeighboursOptions options)
    {
        var neighbours = ItemNeighbours.Build(train, options);
        return FullRanking.Evaluate(train, truth, (user, scores) => neighbours.ScoreInto(train.Row(user).Columns, default, scores), [20]).At(20);
    }
}
