namespace Siskin.Serving.Pipeline;

/// <summary>What recall found for one request, with all that ranking may learn from; valid during the call it is passed to.</summary>
public readonly ref struct DescribedCandidates
{
    /// <summary>Row of each candidate in the release.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>Number of channels.</summary>
    public required int ChannelCount { get; init; }

    /// <summary>Row-major, candidates × channels: place that the channel gave; 0 when it did not find the candidate.</summary>
    public required ReadOnlySpan<ushort> Places { get; init; }

    /// <summary>Row-major, candidates × channels: the channel's score; 0 when it did not find the candidate.</summary>
    public required ReadOnlySpan<float> Scores { get; init; }

    /// <summary>Rows of the items that the user took to, oldest first: the newest ones, as many as the scene says.</summary>
    public required ReadOnlySpan<int> RecentRows { get; init; }

    /// <summary>Row-major, candidates × <see cref="Rank.RankFeatures.CommonNames"/>: features that do not depend on channels.</summary>
    public required ReadOnlySpan<float> CommonFeatures { get; init; }
}
