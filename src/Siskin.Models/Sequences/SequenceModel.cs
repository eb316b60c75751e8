using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Siskin.Models.Evaluation;
using Siskin.Models.Graph;
using Siskin.Models.LinearAlgebra;
using Siskin.Models.Training;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Sequences;

/// <summary>A trained sequence model: vectors of users from their histories, vectors of items, and scores as inner products of the two.</summary>
/// <remarks>Safe for concurrent use until disposed.</remarks>
public sealed unsafe class SequenceModel : IDisposable
{
    private readonly SequenceGraph _graph;
    private readonly ConcurrentBag<GraphScorer> _scorers = [];
    private readonly ExampleLayout _layout;

    private SequenceModel(SequenceGraph graph, ExampleLayout layout, GraphTrainingReport report)
    {
        (_graph, _layout, Report) = (graph, layout, report);
        ItemVectors = graph.Items.Parameter.Span.ToArray();
    }

    /// <summary>Items with item 0, which is none.</summary>
    public int ItemCount => _graph.Items.Parameter.Rows;

    /// <summary>Numbers of a vector, d.</summary>
    public int Dimensions => _graph.Items.Dimensions;

    /// <summary>Row-major, items × d.</summary>
    public float[] ItemVectors { get; }

    /// <summary>The graph, for export; not to be trained or disposed.</summary>
    public SequenceGraph Graph => _graph;

    /// <summary>How training went.</summary>
    public GraphTrainingReport Report { get; }

    /// <summary>Trains.</summary>
    /// <param name="architecture">What.</param>
    /// <param name="histories">By user, oldest first; items from 1.</param>
    /// <param name="itemCount">Above all items.</param>
    /// <param name="options">How.</param>
    /// <param name="validation">Cases to stop by, by NDCG@10 among all items without those of the history; null trains all epochs.</param>
    /// <param name="seed">Seed of the starting values.</param>
    /// <param name="checkpoint">File to go on from, if it exists, and to write after each epoch; null for none.</param>
    /// <param name="progress">Told how it goes, from the calling thread.</param>
    /// <param name="cancellationToken">Ends training.</param>
    /// <exception cref="ArgumentException">A setting or an item is out of its range.</exception>
    /// <exception cref="TrainingDataException">No history has two items.</exception>
    /// <exception cref="TrainingDivergedException">The loss became infinite or no number.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static SequenceModel Train(
        ISequenceArchitecture architecture,
        IReadOnlyList<int[]> histories,
        int itemCount,
        GraphTrainerOptions options,
        RankingCase[]? validation = null,
        int seed = 1,
        string? checkpoint = null,
        IProgress<GraphTrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(itemCount, 2);
        var layout = SequenceExamples.Layout(itemCount, architecture.MaxLength);
        var examples = SequenceExamples.ForTraining(layout, histories);
        var graph = architecture.Build(layout, seed);
        try
        {
            var trainer = new GraphTrainer(options);
            if (validation is null)
            {
                return new SequenceModel(graph, layout, trainer.Train(graph.Graph, examples, checkpoint: checkpoint, progress: progress, cancellationToken: cancellationToken));
            }

            // A loss over sequences has no AUC; the ranks of what users took next are what counts.
            var report = trainer.Train(graph.Graph, examples, () => Judge(graph, layout, validation), checkpoint, progress, cancellationToken);
            return new SequenceModel(graph, layout, report);
        }
        catch
        {
            graph.Graph.Dispose();
            throw;
        }
    }

    /// <summary>The vectors of users with these histories.</summary>
    /// <param name="histories">Oldest first; an empty one has the vector of zeros.</param>
    /// <param name="vectors">Output, row-major, histories × d.</param>
    /// <exception cref="ArgumentException">The output has another length, or an item is unknown.</exception>
    public void UserVectors(IReadOnlyList<int[]> histories, Memory<float> vectors)
    {
        if (!_scorers.TryTake(out var scorer))
        {
            scorer = new GraphScorer(_graph.Graph, threads: 1);
        }

        try
        {
            scorer.Score(SequenceExamples.ForScoring(_layout, histories), vectors);
        }
        finally
        {
            _scorers.Add(scorer);
        }
    }

    /// <summary>Scores candidates; a <see cref="BatchScorer"/>.</summary>
    /// <param name="cases">Users with their histories.</param>
    /// <param name="candidates">Items, row-major, cases × candidates; empty for every item.</param>
    /// <param name="scores">Output, row-major, a score for each candidate of each case.</param>
    /// <exception cref="ArgumentException">A length is wrong, or an item is unknown.</exception>
    public void Score(ReadOnlySpan<RankingCase> cases, ReadOnlySpan<int> candidates, Span<float> scores)
    {
        var width = candidates.IsEmpty ? ItemCount : candidates.Length / Math.Max(1, cases.Length);
        if (scores.Length != (long)cases.Length * width || (!candidates.IsEmpty && candidates.Length != scores.Length))
        {
            throw new ArgumentException($"{scores.Length} scores and {candidates.Length} candidates for {cases.Length} cases and {ItemCount} items", nameof(scores));
        }

        if (!candidates.IsEmpty && candidates.ContainsAnyExceptInRange(0, ItemCount - 1))
        {
            throw new ArgumentException($"a candidate is not an item of 0 to {ItemCount - 1}", nameof(candidates));
        }

        var histories = new int[cases.Length][];
        for (var i = 0; i < histories.Length; i++)
        {
            histories[i] = cases[i].History;
        }

        var (d, users) = (Dimensions, new float[cases.Length * Dimensions]);
        UserVectors(histories, users);
        fixed (float* rows = users, items = ItemVectors, target = scores)
        {
            if (candidates.IsEmpty)
            {
                Products(rows, cases.Length, items, target);
                return;
            }

            for (var i = 0; i < candidates.Length; i++)
            {
                scores[i] = TensorPrimitives.Dot(users.AsSpan(i / width * d, d), ItemVectors.AsSpan(candidates[i] * d, d));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var scorer in _scorers)
        {
            scorer.Dispose();
        }

        _graph.Graph.Dispose();
    }

    private void Products(float* users, int count, float* items, float* scores)
    {
        using var packed = new NativeBlock(PackedMatrix.LengthOf(Dimensions, ItemCount) * sizeof(float));
        var matrix = new PackedMatrix((float*)packed.Pointer, Dimensions, ItemCount);
        matrix.FillTransposed(items, Dimensions, 0, ItemCount);
        Gemm.Multiply(users, Dimensions, matrix, count, scores, ItemCount, add: false);
    }

    private static double Judge(SequenceGraph graph, ExampleLayout layout, RankingCase[] validation)
    {
        // Not disposed: the graph goes on being trained.
        var model = new SequenceModel(graph, layout, null!);
        try
        {
            return LeaveOneOutRanking.AmongAll(validation, model.ItemCount, model.Score, firstItem: 1).Ndcg(10);
        }
        finally
        {
            foreach (var scorer in model._scorers)
            {
                scorer.Dispose();
            }
        }
    }
}
