using System.Diagnostics;
using Siskin.Models.Evaluation;
using Siskin.Models.Graph;

namespace Siskin.Models.Training;

/// <summary>Trains a graph on labelled examples: epochs of steps over shuffled batches, validation after each, the best parameters in the end.</summary>
/// <remarks>
/// With a checkpoint file what is needed to go on is written after each epoch, and training that finds such a file goes on from
/// it as if it had never stopped. One trainer trains one graph at a time; it keeps nothing.
/// </remarks>
/// <param name="options">How; the default settings when null.</param>
public sealed class GraphTrainer(GraphTrainerOptions? options = null)
{
    private readonly GraphTrainerOptions _options = options ?? new GraphTrainerOptions();

    /// <summary>Trains, and judges by AUC.</summary>
    /// <param name="graph">Is changed.</param>
    /// <param name="training">To learn from.</param>
    /// <param name="validation">To stop by and to choose the best epoch by; null trains all epochs.</param>
    /// <param name="checkpoint">File to go on from, if it exists, and to write after each epoch; null for none.</param>
    /// <param name="progress">Told how it goes, from the calling thread.</param>
    /// <param name="cancellationToken">Ends training early, after the step at hand; the graph has the parameters of then.</param>
    /// <exception cref="ArgumentException">A setting is not allowed, or examples have another layout than the graph.</exception>
    /// <exception cref="TrainingDataException">Nothing can be learned from the examples.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or no number.</exception>
    /// <exception cref="Siskin.Vectors.ModelFormatException">The checkpoint is damaged or of another model, other settings or other examples.</exception>
    public GraphTrainingReport Train(
        ModelGraph graph, ExampleTable training, ExampleTable? validation = null, string? checkpoint = null, IProgress<GraphTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (validation is null)
        {
            return Run(graph, training, null, checkpoint, progress, cancellationToken);
        }

        graph.CheckLayout(validation.Layout);
        if (graph.Outputs.Any(output => output.Width != 1))
        {
            throw new ArgumentException($"{graph.Name} gives vectors, which have no AUC; judge it by a function of your own", nameof(validation));
        }

        TrainingDataCheck.Examples(validation, "validation", LabelsOf(graph)).ThrowIfAny();
        using var scorer = new GraphScorer(graph, ThreadCount);
        return Run(graph, training, () => Validate(scorer, graph, validation), checkpoint, progress, cancellationToken);
    }

    /// <summary>Trains, and judges as the caller does: ranking metrics of a sequence model, say.</summary>
    /// <param name="graph">Is changed.</param>
    /// <param name="training">To learn from.</param>
    /// <param name="judge">Called after each epoch, on the calling thread, with the graph as it is then; higher is better.</param>
    /// <param name="checkpoint">As for the other.</param>
    /// <param name="progress">Told how it goes, from the calling thread.</param>
    /// <param name="cancellationToken">Ends training early, after the step at hand; the graph has the parameters of then.</param>
    /// <inheritdoc cref="Train(ModelGraph, ExampleTable, ExampleTable?, string?, IProgress{GraphTrainingProgress}?, CancellationToken)" path="/exception"/>
    public GraphTrainingReport Train(
        ModelGraph graph, ExampleTable training, Func<double> judge, string? checkpoint = null, IProgress<GraphTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(judge);
        return Run(graph, training, () => (judge(), double.NaN), checkpoint, progress, cancellationToken);
    }

    private int ThreadCount => _options.Threads == 0 ? Environment.ProcessorCount : _options.Threads;

    private GraphTrainingReport Run(
        ModelGraph graph, ExampleTable training, Func<(double Score, double LogLoss)>? judge, string? checkpoint, IProgress<GraphTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(training);
        _options.Validate();
        graph.CheckLayout(training.Layout);
        var found = TrainingDataCheck.Examples(training, labels: LabelsOf(graph));
        found.ThrowIfAny();
        var batch = Math.Min(_options.BatchSize, training.Count);
        using var step = new TrainingStep(graph, training, _options.Optimizer, batch, Math.Min(ThreadCount, batch), (float)_options.ClipNorm);
        var state = new TrainingState(graph);
        var identity = checkpoint is null ? string.Empty : TrainingCheckpoint.Identity(graph, training, _options);
        if (checkpoint is not null && File.Exists(checkpoint))
        {
            TrainingCheckpoint.Read(checkpoint, identity, graph, state);
            step.Steps = state.Steps;
        }

        while (state.Epochs.Count < _options.Epochs && !ShouldStop(state, judge is not null))
        {
            var result = RunEpoch(graph, training, step, state, batch, progress, cancellationToken);
            if (judge is not null)
            {
                var (score, logLoss) = judge();
                if (double.IsNaN(score))
                {
                    state.RestoreBest();
                    throw new TrainingDivergedException($"{graph.Name}: validation after epoch {result.Epoch} gives no number, so that no epoch can be the best; are its scores finite, and are both classes there?");
                }

                result = result with { ValidationScore = score, ValidationLogLoss = logLoss };
            }

            state.Add(result, step.Steps, judge is not null);
            progress?.Report(new GraphTrainingProgress(result.Epoch, _options.Epochs, 1, result.Loss, result.ExamplesPerSecond, TimeSpan.Zero, result.ValidationScore));
            if (checkpoint is not null)
            {
                TrainingCheckpoint.Write(checkpoint, identity, graph, state);
            }
        }

        state.RestoreBest();
        return new GraphTrainingReport
        {
            Epochs = [.. state.Epochs],
            BestEpoch = state.BestEpoch,
            StoppedEarly = state.Epochs.Count < _options.Epochs,
            Warnings = [.. found.Findings.Select(finding => finding.ToString())],
        };
    }

    private static IReadOnlyList<string> LabelsOf(ModelGraph graph) =>
        [.. graph.Losses.SelectMany(loss => loss.BinaryLabels).Distinct().Select(label => graph.Layout.Labels[label])];

    /// <summary>Mean AUC and mean log loss of a graph's outputs, each against the label of its number.</summary>
    internal static (double Auc, double LogLoss) Validate(GraphScorer scorer, ModelGraph graph, ExampleTable examples)
    {
        var (heads, labelCount) = (graph.Outputs.Count, examples.Layout.Labels.Count);
        var scores = new float[(long)examples.Count * heads];
        scorer.Score(examples, scores);
        var (auc, logLoss) = (0.0, 0.0);
        var (own, labels) = (new float[examples.Count], new float[examples.Count]);
        for (var head = 0; head < heads; head++)
        {
            for (var i = 0; i < own.Length; i++)
            {
                (own[i], labels[i]) = (scores[(i * heads) + head], examples.Labels[(i * labelCount) + Math.Min(head, labelCount - 1)]);
            }

            auc += BinaryMetrics.Auc(own, labels) / heads;
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = 1 / (1 + MathF.Exp(-own[i]));
            }

            logLoss += BinaryMetrics.LogLoss(own, labels) / heads;
        }

        return (auc, logLoss);
    }

    private bool ShouldStop(TrainingState state, bool hasValidation) =>
        hasValidation && _options.Patience > 0 && state.Epochs.Count - state.BestEpoch >= _options.Patience;

    private EpochResult RunEpoch(ModelGraph graph, ExampleTable training, TrainingStep step, TrainingState state, int batch, IProgress<GraphTrainingProgress>? progress, CancellationToken cancellationToken)
    {
        // The order follows from the seed and the epoch alone, so that a checkpoint need not hold it.
        var epoch = state.Epochs.Count;
        var order = new int[training.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        new Random(HashCode(_options.Seed, epoch)).Shuffle(order);
        var plateaus = state.Plateaus;
        var (losses, done, reported) = (0.0, 0, TimeSpan.Zero);
        var watch = Stopwatch.StartNew();
        for (var first = 0; first < order.Length; first += batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = order.AsMemory(first, Math.Min(batch, order.Length - first));
            var factor = _options.Schedule.Factor(step.Steps + 1, epoch, plateaus);
            var loss = step.Run(rows, factor);
            if (!double.IsFinite(loss))
            {
                state.RestoreBest();
                throw new TrainingDivergedException($"{graph.Name}: the loss is {loss} in epoch {epoch + 1}, step {step.Steps}; try a lower learning rate or a limit for the norm of gradients");
            }

            losses += loss * rows.Length;
            done += rows.Length;
            if (progress is not null && watch.Elapsed - reported > TimeSpan.FromSeconds(0.5))
            {
                reported = watch.Elapsed;
                var rate = done / watch.Elapsed.TotalSeconds;
                var score = state.Epochs.Count > 0 ? state.Epochs[^1].ValidationScore : double.NaN;
                progress.Report(new GraphTrainingProgress(epoch + 1, _options.Epochs, (double)done / order.Length, losses / done, rate, TimeSpan.FromSeconds((order.Length - done) / rate), score));
            }
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return new EpochResult(epoch + 1, losses / done, double.NaN, double.NaN, seconds, done / seconds);
    }

    private static int HashCode(int seed, int epoch) => (int)Siskin.Vectors.Lsh.SeededRandom.Mix(((ulong)(uint)seed << 32) | (uint)epoch);
}
