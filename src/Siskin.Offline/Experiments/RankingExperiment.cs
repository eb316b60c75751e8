using System.Diagnostics;
using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Offline.Jobs;

namespace Siskin.Offline.Experiments;

/// <summary>Retrieval and sequence models under the protocols that rank items.</summary>
internal static class RankingExperiment
{
    private const double HeldShare = 0.2;
    private const double ValidationShare = 0.1;
    private const int SampledNegatives = 99;

    private static readonly int[] Lengths = [5, 10, 20, 50];
    private static readonly int[] ShortLengths = [1, 5, 10, 20];

    public static ExperimentRun Run(
        ModelEntry model, IReadOnlyList<object> options, ExperimentData data, string protocol, bool isValidation, int seed, IProgress<TrainingStep>? progress, CancellationToken cancellationToken) => protocol switch
        {
            EvaluationProtocols.LeaveOneOut99 => AmongNegatives(model, options, data, isValidation, seed, progress, cancellationToken),
            EvaluationProtocols.LeaveOneOutFull => LeaveOneOut(model, options, data, isValidation, progress, cancellationToken),
            _ => WholeCatalogue(model, options, data, protocol, isValidation, seed, progress, cancellationToken),
        };

    private static ExperimentRun WholeCatalogue(
        ModelEntry model, IReadOnlyList<object> options, ExperimentData data, string protocol, bool isValidation, int seed, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var pairs = data.Data!;
        var isTemporal = protocol == EvaluationProtocols.Temporal;
        var split = isTemporal ? DataSplits.GlobalTemporal(pairs.Pairs, 1 - HeldShare) : new DataSplit(pairs.Pairs, data.Test);
        if (isValidation)
        {
            split = isTemporal ? DataSplits.GlobalTemporal(split.Train, 1 - HeldShare) : DataSplits.PerUserRandom(split.Train, ValidationShare, seed);
        }

        if (split.Train.Length == 0 || split.Test.Length == 0)
        {
            throw new ArgumentException($"{data.Name}: {split.Train.Length} pairs to train on and {split.Test.Length} to judge by; both parts need some");
        }

        var (users, items) = (pairs.UserIds.Count, pairs.Items.Count);
        var train = Matrix(split.Train, users, items);
        var input = data.Describe(new TrainingInput(train, Sequences(split.Train, users), null));
        var (trained, seconds) = Train(model, options, input, progress, cancellationToken);
        progress?.Report(new TrainingStep($"{model.Name}, ranking {items:N0} items for {users:N0} users", 0));
        var truth = Matrix(split.Test, users, items);
        var report = trained.Catalogue is { } catalogue
            ? CatalogueRanking.Evaluate(catalogue, train, truth, Lengths, 0, cancellationToken)
            : FullRanking.Evaluate(train, truth, (user, scores) => trained.Score([new RankingCase(user, input.Sequences[user], 0)], [], scores), Lengths, 0, cancellationToken);
        var metrics = new Dictionary<string, double>();
        foreach (var at in report.Lengths)
        {
            metrics[$"recall@{at.K}"] = at.Recall;
            metrics[$"ndcg@{at.K}"] = at.Ndcg;
            metrics[$"hr@{at.K}"] = at.HitRate;
            metrics[$"precision@{at.K}"] = at.Precision;
            metrics[$"mrr@{at.K}"] = at.Mrr;
            metrics[$"map@{at.K}"] = at.Map;
            metrics[$"coverage@{at.K}"] = at.Coverage;
            metrics[$"gini@{at.K}"] = at.Gini;
        }

        metrics["users"] = report.Users;
        metrics["userCoverage"] = report.UserCoverage;
        return new(metrics, new Dictionary<string, UserMetric[]>(), seconds, trained.Report, []);
    }

    private static ExperimentRun LeaveOneOut(
        ModelEntry model, IReadOnlyList<object> options, ExperimentData data, bool isValidation, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var pairs = data.Data!;
        var split = LeaveOneOutSplit.Create(Sequences(pairs.Pairs, pairs.UserIds.Count));
        var cases = split.Cases(isValidation);
        if (cases.Length == 0)
        {
            throw new ArgumentException($"{data.Name} has no user with three items or more; one is for testing, one for validation");
        }

        var (trained, seconds) = Train(model, options, data.Describe(TrainingInput.Of(split.Train, pairs.Items.Count, split.Cases(isValidation: true))), progress, cancellationToken);
        progress?.Report(new TrainingStep($"{model.Name}, ranking {pairs.Items.Count:N0} items for {cases.Length:N0} users", 0));
        return Of(LeaveOneOutRanking.AmongAll(cases, pairs.Items.Count, trained.Score, cancellationToken: cancellationToken), trained, seconds);
    }

    private static ExperimentRun AmongNegatives(
        ModelEntry model, IReadOnlyList<object> options, ExperimentData data, bool isValidation, int seed, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var files = data.Negatives!;
        var sequences = files.Train;
        RankingCase[] cases;
        if (isValidation)
        {
            (sequences, cases) = HoldOneBack(files, new Random(seed));
        }
        else
        {
            cases = [.. files.Cases.Select(one => new RankingCase(one.User, files.Train[one.User], one.Item, one.Negatives))];
        }

        var (trained, seconds) = Train(model, options, TrainingInput.Of(sequences, files.ItemCount) with { HasOrder = false }, progress, cancellationToken);
        return Of(LeaveOneOutRanking.AmongNegatives(cases, trained.Score, cancellationToken: cancellationToken), trained, seconds);
    }

    // One random item of each user, among as many that the user did not take, neither to train nor to test on.
    private static (int[][] Train, RankingCase[] Cases) HoldOneBack(Siskin.Data.Datasets.LeaveOneOutFiles files, Random random)
    {
        var tests = files.Cases.ToLookup(one => one.User, one => one.Item);
        var train = new int[files.Train.Length][];
        var cases = new List<RankingCase>();
        for (var user = 0; user < train.Length; user++)
        {
            var own = files.Train[user];
            train[user] = own;
            if (own.Length < 2 || files.ItemCount - own.Length - 1 < SampledNegatives)
            {
                continue;
            }

            var held = random.Next(own.Length);
            train[user] = [.. own[..held], .. own[(held + 1)..]];
            var taken = own.Concat(tests[user]).ToHashSet();
            var negatives = new HashSet<int>();
            while (negatives.Count < SampledNegatives)
            {
                var item = random.Next(files.ItemCount);
                if (!taken.Contains(item))
                {
                    negatives.Add(item);
                }
            }

            cases.Add(new RankingCase(user, train[user], own[held], [.. negatives]));
        }

        return (train, [.. cases]);
    }

    private static ExperimentRun Of(LeaveOneOutReport report, TrainedModel trained, double seconds)
    {
        var metrics = new Dictionary<string, double>();
        foreach (var k in ShortLengths)
        {
            metrics[$"hr@{k}"] = report.HitRate(k);
            metrics[$"ndcg@{k}"] = report.Ndcg(k);
        }

        metrics["mrr"] = report.Mrr();
        metrics["users"] = report.Users.Length;
        return new(metrics, new Dictionary<string, UserMetric[]> { ["hr@10"] = report.HitRateByUser(10), ["ndcg@10"] = report.NdcgByUser(10) }, seconds, trained.Report, []);
    }

    private static (TrainedModel Model, double Seconds) Train(ModelEntry model, IReadOnlyList<object> options, TrainingInput input, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        progress?.Report(new TrainingStep(model.Name, 0));
        var started = Stopwatch.GetTimestamp();
        var trained = model.Train!(options, input, progress, cancellationToken);
        return (trained, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static InteractionMatrix Matrix(Interaction[] pairs, int users, int items) =>
        InteractionMatrix.FromInteractions(Array.ConvertAll(pairs, pair => pair with { Weight = 1 }), users, items);

    private static int[][] Sequences(Interaction[] pairs, int users)
    {
        var sequences = new int[users][];
        Array.Fill(sequences, []);
        foreach (var own in pairs.GroupBy(pair => pair.User))
        {
            sequences[own.Key] = [.. own.OrderBy(pair => pair.TimeMs).Select(pair => pair.Item)];
        }

        return sequences;
    }
}
