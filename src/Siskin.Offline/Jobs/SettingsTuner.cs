using Siskin.Models.Evaluation;
using Siskin.Models.Factorization;
using Siskin.Models.Retrieval;
using Siskin.Offline.Releases;
using Siskin.Serving.Releases;

namespace Siskin.Offline.Jobs;

/// <summary>Chooses settings by NDCG@10 on a part held back from training; the test part is never looked at.</summary>
internal static class SettingsTuner
{
    private const int ListLength = 10;

    public static TrainingSettings Tune(Split split, TrainingSettings start, TuningEffort effort, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        if (effort == TuningEffort.None || split.Held.Length == 0)
        {
            return start;
        }

        var train = split.Train.Matrix();
        var validation = TrainingPart.MatrixOf(split.Train.Data, split.Held);
        progress?.Report(new TrainingStep("tuning item-to-item neighbours", 0));
        var cosine = BestNeighbours(train, validation, Variants(start.Cosine), cancellationToken);
        var damped = BestNeighbours(train, validation, DampedVariants(start.Damped), cancellationToken);
        var grid = Grid(start, effort);
        var done = 0;
        var tuning = ImplicitAlsTuner.Tune(
            train,
            validation,
            grid,
            figures => figures.Ndcg,
            new Counted(() => progress?.Report(new TrainingStep($"tuning matrix factorisation, training {++done}", 0))),
            cancellationToken);
        return start with { Als = tuning.Best, Cosine = cosine, Damped = damped };
    }

    /// <summary>Chooses item-to-item's similarity, and how fast a user's older items fade in it, by a release of the split's training part.</summary>
    public static TrainingSettings TuneHistory(Split split, Release release, TrainingSettings start, TuningEffort effort, CancellationToken cancellationToken)
    {
        if (effort == TuningEffort.None || split.Held.Length == 0)
        {
            return start;
        }

        var histories = release.Histories;
        var seen = ReleaseBuilder.HistoryMatrix(split.Train.Data, histories);
        var validation = TrainingPart.MatrixOf(split.Train.Data, split.Held);
        var (best, bestNdcg) = (start, -1.0);
        foreach (var isDamped in new[] { false, true })
        {
            var lists = isDamped ? release.DampedNeighbours : release.CosineNeighbours;
            foreach (var halfLife in new[] { 0.0, 10, 20, 40, 80 })
            {
                var report = FullRanking.Evaluate(seen, validation, (user, scores) => ScoreFading(histories, lists, user, halfLife, scores), [ListLength], 0, cancellationToken);
                if (report.At(ListLength).Ndcg > bestNdcg)
                {
                    (best, bestNdcg) = (start with { UseDamped = isDamped, HistoryHalfLife = halfLife }, report.At(ListLength).Ndcg);
                }
            }
        }

        return best;
    }

    private static void ScoreFading(UserHistories histories, ItemNeighbours lists, int user, double halfLife, Span<float> scores)
    {
        var items = histories.Items.AsSpan()[histories.Of(user)];
        var weights = new float[items.Length];
        var newer = 0;
        for (var i = items.Length - 1; i >= 0; i--)
        {
            var at = histories.Starts[user] + i;
            if (histories.Weights[at] > 0 && (histories.Flags[at] & HistoryFlags.Disliked) == 0)
            {
                weights[i] = histories.Weights[at] * (halfLife > 0 ? (float)double.Exp2(-newer / halfLife) : 1);
                newer++;
            }
        }

        lists.ScoreInto(items, weights, scores);
    }

    private static ImplicitAlsTunerOptions Grid(TrainingSettings start, TuningEffort effort) => effort == TuningEffort.Quick
        ? new ImplicitAlsTunerOptions
        {
            Dimensions = [start.Als.Dimensions, 2 * start.Als.Dimensions],
            UnobservedWeights = [0.03f, 0.1f, 0.3f],
            Regularizations = [0.003f, 0.01f, 0.03f],
            Exponents = [start.Als.Exponent],
            FirstEpochs = 4,
            Epochs = start.Als.Epochs,
            ListLength = ListLength,
            Seed = start.Als.Seed,
            TimeLimit = TimeSpan.FromSeconds(40),
        }
        : new ImplicitAlsTunerOptions
        {
            Dimensions = [32, 64, 128, 256],
            UnobservedWeights = [0.01f, 0.03f, 0.1f, 0.3f, 1f],
            Regularizations = [0.001f, 0.003f, 0.01f, 0.03f],
            Exponents = [0.5f, 1f],
            FirstEpochs = 4,
            Epochs = 16,
            ListLength = ListLength,
            Seed = start.Als.Seed,
            MaxTrials = 160,
            TimeLimit = TimeSpan.FromMinutes(30),
        };

    private static IEnumerable<ItemNeighboursOptions> Variants(ItemNeighboursOptions start) =>
        from neighbours in new[] { 50, 100, 200 }
        from shrinkage in new[] { 0f, 20f }
        from damping in new[] { 0f, 0.5f }
        select start with { Neighbours = neighbours, Shrinkage = shrinkage, UserDamping = damping };

    private static IEnumerable<ItemNeighboursOptions> DampedVariants(ItemNeighboursOptions start) =>
        from damping in new[] { 0.5f, 0.8f }
        from historyDamping in new[] { 0f, 0.4f, 0.8f }
        from userDamping in new[] { 0.5f, 1f }
        select start with { Neighbours = 200, Damping = damping, HistoryDamping = historyDamping, UserDamping = userDamping };

    private static ItemNeighboursOptions BestNeighbours(
        Models.Interactions.InteractionMatrix train,
        Models.Interactions.InteractionMatrix validation,
        IEnumerable<ItemNeighboursOptions> variants,
        CancellationToken cancellationToken)
    {
        ItemNeighboursOptions? best = null;
        var bestNdcg = -1.0;
        foreach (var options in variants)
        {
            var neighbours = ItemNeighbours.Build(train, options, cancellationToken);
            var report = FullRanking.Evaluate(train, validation, (user, scores) => neighbours.ScoreInto(train.Row(user).Columns, [], scores), [ListLength], 0, cancellationToken);
            if (report.At(ListLength).Ndcg > bestNdcg)
            {
                (best, bestNdcg) = (options, report.At(ListLength).Ndcg);
            }
        }

        return best!;
    }

    private sealed class Counted(Action step) : IProgress<ImplicitAlsTrial>
    {
        public void Report(ImplicitAlsTrial value) => step();
    }
}
