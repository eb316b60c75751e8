namespace Siskin.Models.Scoring;

/// <summary>Scores the candidates of one request: a native model, a foreign model format, or a remote server.</summary>
/// <remarks>
/// Safe for concurrent use. Completes synchronously when the model is in this process, so that awaiting costs nothing.
/// Writes only the scores of its own batch, never after its task has ended.
/// </remarks>
public interface IScorer
{
    /// <summary>Features expected per candidate, f.</summary>
    int FeatureCount { get; }

    /// <summary>Scores given per candidate, h.</summary>
    int Heads { get; }

    /// <summary>Writes the scores of all candidates; higher is better in every head.</summary>
    /// <param name="batch">Features and the place for scores.</param>
    /// <param name="cancellationToken">The request's deadline; a local scorer may ignore it.</param>
    /// <exception cref="ArgumentException">The batch has another number of features or heads than the scorer.</exception>
    ValueTask ScoreAsync(ScoringBatch batch, CancellationToken cancellationToken = default);
}
