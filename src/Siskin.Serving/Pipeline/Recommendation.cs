namespace Siskin.Serving.Pipeline;

/// <summary>One recommended item.</summary>
public sealed record Recommendation
{
    /// <summary>Id of the item.</summary>
    public required string Item { get; init; }

    /// <summary>Its title, if it has one.</summary>
    public string? Title { get; init; }

    /// <summary>Score of the last stage; comparable within this list only.</summary>
    public required double Score { get; init; }

    /// <summary>The recall channels that found it, the one with the best place first; "pinned" for a pinned item.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>Its way through the stages; null unless asked for.</summary>
    public CandidateTrace? Trace { get; init; }
}
