namespace Siskin.Serving.Pipeline;

/// <summary>The way of one candidate through the stages.</summary>
public sealed record CandidateTrace
{
    /// <summary>Where the channels that found it placed it.</summary>
    public required IReadOnlyList<ChannelHit> Channels { get; init; }

    /// <summary>Score of each stage by name: <c>preRank</c>, <c>rank</c>, <c>reRank</c>.</summary>
    public required IReadOnlyDictionary<string, double> Scores { get; init; }

    /// <summary>Value of each feature that the ranker saw, by name; empty when no ranker ran.</summary>
    public required IReadOnlyDictionary<string, double> Features { get; init; }

    /// <summary>What re-ranking did to it: boosts, pins, diversity, in words.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
