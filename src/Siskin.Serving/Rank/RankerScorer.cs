using System.Buffers;
using Siskin.Models.Graph.Serving;
using Siskin.Models.Scoring;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Rank;

/// <summary>Scores with a release's ranker, compiled: the history is looked at once a request, what is the item's own has been computed for the whole release.</summary>
/// <remarks>One head, the probability. Completes synchronously. Safe for concurrent use.</remarks>
internal sealed class RankerScorer : IScorer
{
    private readonly RankerModel _model;
    private readonly RankerInputs _inputs;
    private readonly CompiledGraph _compiled;
    private readonly int _history;

    /// <param name="model">Trained.</param>
    /// <param name="release">Whose items are scored.</param>
    public RankerScorer(RankerModel model, Release release)
    {
        (_model, _inputs) = (model, new RankerInputs(release, model.Description));
        var sides = new GraphSides { User = [RankerModel.HistorySequence], Item = [RankerModel.ItemField, RankerModel.TagSequence] };
        _compiled = GraphCompiler.Compile(model.Graph, sides, _inputs.Items(model.Layout));
        _history = model.Layout.Sequence(RankerModel.HistorySequence);
    }

    /// <inheritdoc/>
    public int FeatureCount => _model.Description.Features.Count;

    /// <summary>1.</summary>
    public int Heads => 1;

    /// <inheritdoc/>
    public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
    {
        if (batch.FeatureCount != FeatureCount || batch.Heads != 1 || batch.Items.Length != batch.Count)
        {
            throw new ArgumentException($"the batch has {batch.FeatureCount} features, {batch.Heads} heads and {batch.Items.Length} items for {batch.Count} candidates; {FeatureCount}, 1 and all are needed", nameof(batch));
        }

        var numbers = ArrayPool<float>.Shared.Rent(batch.Features.Length);
        var ids = ArrayPool<int>.Shared.Rent(Math.Max(batch.Count, _model.Description.HistoryLength));
        try
        {
            using var session = _compiled.Rent();
            session.SetUserSequence(_history, ids.AsSpan(0, _inputs.History(batch.History.Span, ids)));
            for (var i = 0; i < batch.Count; i++)
            {
                ids[i] = _inputs.PlaceOf(batch.Items.Span[i]);
            }

            _model.Scale(batch.Features.Span, numbers);
            var scores = batch.Scores.Span;
            session.Score(ids.AsSpan(0, batch.Count), [], numbers.AsSpan(0, batch.Features.Length), scores);
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = 1 / (1 + MathF.Exp(-(scores[i] + _model.Description.Shift)));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
            ArrayPool<int>.Shared.Return(ids);
        }

        return ValueTask.CompletedTask;
    }
}
