using System.Diagnostics;
using Siskin.Data.Datasets.Columns;
using Siskin.Models.Evaluation;
using Siskin.Models.Features;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Training;
using Siskin.Offline.Jobs;

namespace Siskin.Offline.Experiments;

/// <summary>Ranking models on clicks with features.</summary>
internal static class ClickExperiment
{
    private const int ValidationPart = 10;

    public static ExperimentRun Run(
        ModelEntry model, IReadOnlyList<object> options, ClickDataset data, bool isValidation, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var training = (DeepTraining)options[1];
        TrainingDataCheck.Columns(data.Schema, data.Train, hasLabels: true).ThrowIfAny();
        var (train, held) = Cut(data.Train, data.IsTemporal, training.Seed);
        var test = data.Test;
        if (isValidation)
        {
            test = held;
            (train, held) = Cut(train, data.IsTemporal, training.Seed);
        }

        // What is learned from rows comes from those that are trained on, no others.
        var encoder = FeatureEncoder.Fit(data.Schema, train);
        var (fitted, judged, tested) = (Examples(encoder, train), Examples(encoder, held), Examples(encoder, test));
        TrainingDataCheck.Examples(tested, "test").ThrowIfAny();
        using var graph = Fit((IRankingArchitecture)options[0], encoder).Build(fitted.Layout, training.Seed);
        var started = Stopwatch.GetTimestamp();
        var report = new GraphTrainer(training.Options()).Train(graph, fitted, judged, progress: progress is null ? null : new ModelCatalogue.GraphSteps(progress, model.Name), cancellationToken: cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var scores = new float[tested.Count];
        using (var scorer = new GraphScorer(graph, training.Threads))
        {
            scorer.Score(tested, scores);
        }

        var probabilities = Array.ConvertAll(scores, logit => 1 / (1 + MathF.Exp(-logit)));
        var metrics = new Dictionary<string, double>
        {
            ["auc"] = BinaryMetrics.Auc(scores, tested.Labels),
            ["logLoss"] = BinaryMetrics.LogLoss(probabilities, tested.Labels),
            ["normalizedEntropy"] = BinaryMetrics.NormalizedEntropy(probabilities, tested.Labels),
            ["prAuc"] = BinaryMetrics.PrAuc(scores, tested.Labels),
            ["calibrationError"] = BinaryMetrics.Calibration(probabilities, tested.Labels).ExpectedError,
            ["rows"] = tested.Count,
        };
        var byUser = new Dictionary<string, UserMetric[]>();
        if (tested.Groups is { } groups)
        {
            var gauc = BinaryMetrics.GroupAuc(scores, tested.Labels, groups);
            (metrics["gauc"], metrics["gaucUsers"]) = (gauc.Value, gauc.Groups);
            byUser["logLoss"] = LossByUser(probabilities, tested.Labels, groups);
            byUser["gauc"] = [.. BinaryMetrics.PerGroupAuc(scores, tested.Labels, groups).Where(user => !double.IsNaN(user.Value))];
        }

        string[] notes = data.IsTemporal ? [] : ["the data's own split, which is not by time"];
        return new(metrics, byUser, seconds, report, [.. notes, .. report.Warnings])
        {
            Examples = tested.Groups is null ? null : new(scores, tested.Labels, [.. tested.Groups]),
        };
    }

    private static UserMetric[] LossByUser(float[] probabilities, float[] labels, IReadOnlyList<int> groups)
    {
        var rows = Enumerable.Range(0, labels.Length).GroupBy(row => groups[row]);
        return [.. rows.Select(user => new UserMetric(user.Key, user.Average(row => BinaryMetrics.LogLoss(probabilities.AsSpan(row, 1), labels.AsSpan(row, 1))), user.Count()))];
    }

    private static ExampleTable Examples(FeatureEncoder encoder, ColumnTable rows) => FeatureExamples.From(encoder.Encode(rows));

    // The last tenth where rows are in the order of time, else every tenth at random.
    private static (ColumnTable Train, ColumnTable Held) Cut(ColumnTable rows, bool isTemporal, int seed)
    {
        var order = Enumerable.Range(0, rows.RowCount).ToArray();
        if (!isTemporal)
        {
            new Random(seed).Shuffle(order);
        }

        var cut = rows.RowCount - (rows.RowCount / ValidationPart);
        return (rows.Select(order.AsSpan(0, cut)), rows.Select(order.AsSpan(cut)));
    }

    // Models that name inputs get the data's names: a history with ids of its own kind, and the field that it shares them with.
    private static IRankingArchitecture Fit(IRankingArchitecture architecture, FeatureEncoder encoder)
    {
        var layout = encoder.Layout;
        switch (architecture)
        {
            case Din din:
                var (target, history) = History(layout, "din");
                return din with { Target = target, History = history };
            case Dien dien:
                (target, history) = History(layout, "dien");
                return dien with { Target = target, History = history };
            case NeuralCf neural:
                var user = layout.Slots.FirstOrDefault(slot => slot.Kind == FeatureKind.Categorical && slot.Field.Side == FeatureSide.User);
                var item = layout.Slots.FirstOrDefault(slot => slot.Kind == FeatureKind.Categorical && slot.Field.Side == FeatureSide.Item);
                return user is null || item is null
                    ? throw new ArgumentException("neural-cf needs a user and an item among the features")
                    : neural with { User = user.Field.Name, Item = item.Field.Name };
            default:
                return architecture;
        }
    }

    private static (string Target, string History) History(FeatureLayout layout, string model)
    {
        var history = layout.Slots.FirstOrDefault(slot => slot.Field is SequenceField);
        var target = layout.Slots.FirstOrDefault(slot => slot.Kind == FeatureKind.Categorical && slot.Vocabulary == history?.Vocabulary);
        return history is null || target is null
            ? throw new ArgumentException($"{model} needs a history of items and the item itself among the features")
            : (target.Field.Name, history.Field.Name);
    }
}
