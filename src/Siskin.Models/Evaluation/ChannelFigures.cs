namespace Siskin.Models.Evaluation;

/// <summary>What one recall channel contributed, in a <see cref="ChannelReport"/>.</summary>
public sealed record ChannelFigures
{
    /// <summary>The channel's name.</summary>
    public required string Name { get; init; }

    /// <summary>Mean over users of hits / |truth|.</summary>
    public required double Recall { get; init; }

    /// <summary>Mean over users of what recall loses when the channel is left out: its exclusive hits / |truth|.</summary>
    public required double MarginalRecall { get; init; }

    /// <summary>Truth items found, over all users.</summary>
    public required long Hits { get; init; }

    /// <summary>Truth items that no other channel found.</summary>
    public required long ExclusiveHits { get; init; }

    /// <summary>Mean number of distinct items in a user's list, empty lists included.</summary>
    public required double MeanLength { get; init; }

    /// <summary>Share of users who got at least one item.</summary>
    public required double UserCoverage { get; init; }
}
