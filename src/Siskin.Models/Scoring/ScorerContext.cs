namespace Siskin.Models.Scoring;

/// <summary>What the batches of a scorer hold: those of one release.</summary>
public sealed record ScorerContext
{
    /// <summary>Names of the features, in the order of <see cref="ScoringBatch.Features"/>.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Ids of the release's items; the rows of <see cref="ScoringBatch.Items"/> and <see cref="ScoringBatch.History"/> are places here, and higher ones are newer items.</summary>
    public required IReadOnlyList<string> Items { get; init; }

    /// <summary>Tags of each of the items.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Tags { get; init; }
}
