namespace Siskin.Serving.Releases;

/// <summary>What is known of each item from events; every array has one element an item.</summary>
/// <remarks>
/// Decayed counts use forward decay (Cormode et al. 2009): an event at time t adds 2^((t − <see cref="OriginMs"/>)/h), so
/// that old counts never have to be aged; dividing by 2^((now − origin)/h) gives the decayed count at any later time.
/// </remarks>
public sealed record ItemStatistics
{
    /// <summary>Time at which an event counts 1, in milliseconds since 1970.</summary>
    public required long OriginMs { get; init; }

    /// <summary>Half-life of <see cref="Popularity"/>, in milliseconds.</summary>
    public required double PopularityHalfLifeMs { get; init; }

    /// <summary>Half-life of <see cref="Trend"/>, in milliseconds.</summary>
    public required double TrendHalfLifeMs { get; init; }

    /// <summary>How often the item was consumed; a user who does so again counts again.</summary>
    public required int[] Consumers { get; init; }

    /// <summary>Weight of positive events, forward-decayed with the long half-life.</summary>
    public required double[] Popularity { get; init; }

    /// <summary>Weight of positive events, forward-decayed with the short half-life.</summary>
    public required double[] Trend { get; init; }

    /// <summary>How many opinions there are: ratings, likes, dislikes.</summary>
    public required int[] Opinions { get; init; }

    /// <summary>How many of them are favourable.</summary>
    public required int[] Likes { get; init; }

    /// <summary>Time of the first event, in milliseconds since 1970; 0 when there was none.</summary>
    public required long[] FirstEventMs { get; init; }

    /// <summary>Half-life of popularity when nothing else is chosen.</summary>
    public static TimeSpan DefaultPopularityHalfLife { get; } = TimeSpan.FromDays(30);

    /// <summary>Half-life of trends when nothing else is chosen.</summary>
    public static TimeSpan DefaultTrendHalfLife { get; } = TimeSpan.FromDays(2);

    /// <summary>Statistics without any event.</summary>
    public static ItemStatistics Empty(int items) => new()
    {
        OriginMs = 0,
        PopularityHalfLifeMs = DefaultPopularityHalfLife.TotalMilliseconds,
        TrendHalfLifeMs = DefaultTrendHalfLife.TotalMilliseconds,
        Consumers = new int[items],
        Popularity = new double[items],
        Trend = new double[items],
        Opinions = new int[items],
        Likes = new int[items],
        FirstEventMs = new long[items],
    };
}
