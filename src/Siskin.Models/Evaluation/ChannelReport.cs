namespace Siskin.Models.Evaluation;

/// <summary>How several recall channels share the work: what a <see cref="ChannelEvaluator"/> found.</summary>
public sealed record ChannelReport
{
    /// <summary>Users with something in their truth.</summary>
    public required int Users { get; init; }

    /// <summary>Mean recall of the union of all channels' lists.</summary>
    public required double UnionRecall { get; init; }

    /// <summary>One entry for each channel, in the order given.</summary>
    public required IReadOnlyList<ChannelFigures> Channels { get; init; }

    /// <summary>
    /// Row-major, channels × channels: |A ∩ B| / min(|A|, |B|), mean over the users to whom both gave something; 0 without
    /// such users.
    /// </summary>
    public required IReadOnlyList<double> Containment { get; init; }

    /// <summary>Row-major, channels × channels: |A ∩ B| / |A ∪ B|, mean over the users to whom both gave something; 0 without such users.</summary>
    public required IReadOnlyList<double> Jaccard { get; init; }
}
