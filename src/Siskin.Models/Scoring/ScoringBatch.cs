namespace Siskin.Models.Scoring;

/// <summary>One request's candidates: features in, scores out, in memory that the caller leases.</summary>
/// <remarks>
/// The lease belongs to the batch until the scorer's task has ended; a caller that gives up earlier must not reuse it,
/// so that a late scorer only ever writes memory that nobody reads.
/// </remarks>
public readonly struct ScoringBatch
{
    /// <summary>Wraps leased memory without copying it.</summary>
    /// <param name="count">Candidates, n.</param>
    /// <param name="featureCount">Features per candidate, f.</param>
    /// <param name="features">Row-major, n × f.</param>
    /// <param name="heads">Scores per candidate, h: click, conversion, …; at least 1.</param>
    /// <param name="scores">Output, row-major, n × h.</param>
    /// <exception cref="ArgumentException">A memory has not the length that the counts ask for.</exception>
    public ScoringBatch(int count, int featureCount, ReadOnlyMemory<float> features, int heads, Memory<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(featureCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (features.Length != (long)count * featureCount || scores.Length != (long)count * heads)
        {
            throw new ArgumentException($"{count} candidates need {count} × {featureCount} features and {count} × {heads} scores; there are {features.Length} and {scores.Length}");
        }

        Count = count;
        FeatureCount = featureCount;
        Features = features;
        Heads = heads;
        Scores = scores;
    }

    /// <summary>Candidates, n.</summary>
    public int Count { get; }

    /// <summary>Features per candidate, f.</summary>
    public int FeatureCount { get; }

    /// <summary>Row-major, n × f.</summary>
    public ReadOnlyMemory<float> Features { get; }

    /// <summary>Scores per candidate, h.</summary>
    public int Heads { get; }

    /// <summary>Output, row-major, n × h. Undefined until the scorer's task has ended without an error.</summary>
    public Memory<float> Scores { get; }
}
