using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;
using Siskin.Models.Retrieval;
using Siskin.Models.Sequences;
using Siskin.Models.Training;

namespace Siskin.Offline.Experiments;

/// <summary>A trained retrieval or sequence model, as protocols ask it. Safe for concurrent use.</summary>
public sealed class TrainedModel
{
    private readonly BatchScorer _score;

    /// <summary>A model that scores the catalogue.</summary>
    /// <param name="model">Trained.</param>
    public TrainedModel(ICatalogueScorer model)
    {
        Catalogue = model;
        _score = (cases, candidates, scores) => Score(model, cases, candidates, scores);
    }

    /// <summary>A model of sequences, whose items are one above the experiment's.</summary>
    /// <param name="model">Trained.</param>
    public TrainedModel(SequenceModel model)
    {
        Report = model.Report;
        _score = (cases, candidates, scores) => Score(model, cases, candidates, scores);
    }

    /// <summary>The model, if it scores the catalogue by itself.</summary>
    public ICatalogueScorer? Catalogue { get; }

    /// <summary>How training went, epoch by epoch; null for models without epochs that are judged.</summary>
    public GraphTrainingReport? Report { get; }

    /// <summary>Scores cases; see <see cref="BatchScorer"/>.</summary>
    public void Score(ReadOnlySpan<RankingCase> cases, ReadOnlySpan<int> candidates, Span<float> scores) => _score(cases, candidates, scores);

    private static void Score(ICatalogueScorer model, ReadOnlySpan<RankingCase> cases, ReadOnlySpan<int> candidates, Span<float> scores)
    {
        var (items, width) = (model.ItemCount, cases.IsEmpty ? 0 : scores.Length / cases.Length);
        var dense = candidates.IsEmpty ? [] : new float[items];
        for (var i = 0; i < cases.Length; i++)
        {
            var row = InteractionMatrix.FromInteractions([.. cases[i].History.Select(item => new Interaction(0, item, 1, 0))], 1, items).Row(0);
            var own = scores.Slice(i * width, width);
            model.ScoreInto(cases[i].User, row, candidates.IsEmpty ? own : dense);
            for (var c = 0; c < candidates.Length / cases.Length; c++)
            {
                own[c] = dense[candidates[(i * width) + c]];
            }
        }
    }

    private static void Score(SequenceModel model, ReadOnlySpan<RankingCase> cases, ReadOnlySpan<int> candidates, Span<float> scores)
    {
        var shifted = new RankingCase[cases.Length];
        for (var i = 0; i < shifted.Length; i++)
        {
            shifted[i] = Shift(cases[i]);
        }

        if (!candidates.IsEmpty)
        {
            model.Score(shifted, Array.ConvertAll(candidates.ToArray(), item => item + 1), scores);
            return;
        }

        var (items, all) = (model.ItemCount, new float[cases.Length * model.ItemCount]);
        model.Score(shifted, [], all);
        for (var i = 0; i < cases.Length; i++)
        {
            all.AsSpan((i * items) + 1, items - 1).CopyTo(scores[(i * (items - 1))..]);
        }
    }

    /// <summary>A case with items one above: 0 is none for sequence models.</summary>
    internal static RankingCase Shift(RankingCase one) => one with { History = Array.ConvertAll(one.History, item => item + 1), Target = one.Target + 1 };
}
