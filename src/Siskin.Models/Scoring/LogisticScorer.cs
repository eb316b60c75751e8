using Siskin.Models.Ranking;

namespace Siskin.Models.Scoring;

/// <summary>Scores with a logistic model: one head, the probability. Completes synchronously and allocates nothing.</summary>
/// <param name="model">The model.</param>
public sealed class LogisticScorer(LogisticModel model) : IScorer
{
    /// <inheritdoc/>
    public int FeatureCount => model.FeatureCount;

    /// <summary>1.</summary>
    public int Heads => 1;

    /// <inheritdoc/>
    public ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default)
    {
        if (batch.FeatureCount != model.FeatureCount || batch.Heads != 1)
        {
            throw new ArgumentException($"the batch has {batch.FeatureCount} features and {batch.Heads} heads, the model {model.FeatureCount} and 1", nameof(batch));
        }

        model.Predict(batch.Features.Span, batch.Scores.Span);
        return ValueTask.CompletedTask;
    }
}
