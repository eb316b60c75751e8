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
    /// <param name="items">The candidates' rows in the release; empty where the scorer does not ask for them.</param>
    /// <param name="history">Rows of the items that the user took to, oldest first.</param>
    /// <param name="user">Id of the user; null for a visitor.</param>
    /// <exception cref="ArgumentException">A memory has not the length that the counts ask for.</exception>
    public ScoringBatch(int count, int featureCount, ReadOnlyMemory<float> features, int heads, Memory<float> scores, ReadOnlyMemory<int> items = default, ReadOnlyMemory<int> history = default, string? user = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(featureCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (features.Length != (long)count * featureCount || scores.Length != (long)count * heads || (!items.IsEmpty && items.Length != count))
        {
            throw new ArgumentException($"{count} candidates need {count} × {featureCount} features and {count} × {heads} scores; there are {features.Length} and {scores.Length}, and {items.Length} items");
        }

        Count = count;
        FeatureCount = featureCount;
        Features = features;
        Heads = heads;
        Scores = scores;
        Items = items;
        History = history;
        User = user;
    }

    /// <summary>Candidates, n.</summary>
    public int Count { get; }

    /// <summary>Features per candidate, f.</summary>
    public int FeatureCount { get; }

    /// <summary>Row-major, n × f.</summary>
    public ReadOnlyMemory<float> Features { get; }

    /// <summary>Scores per candidate, h.</summary>
    public int Heads { get; }

    /// <summary>The candidates' rows in the release, n; empty where nobody asked.</summary>
    public ReadOnlyMemory<int> Items { get; }

    /// <summary>Rows of the items that the user took to, oldest first.</summary>
    public ReadOnlyMemory<int> History { get; }

    /// <summary>Id of the user; null for a visitor, and where nobody asked.</summary>
    public string? User { get; }

    /// <summary>Output, row-major, n × h. Undefined until the scorer's task has ended without an error.</summary>
    public Memory<float> Scores { get; }
}
