namespace Siskin.Data.Datasets.Synthetic;

/// <summary>The constants of the synthetic world's behaviour.</summary>
/// <remarks>
/// Chosen together so that on the default world popularity is a fair baseline, collaborative filtering more than doubles
/// its NDCG@10, and the best possible ranking is again clearly ahead; <c>SyntheticWorldTests</c> holds the order.
/// </remarks>
internal static class SyntheticTuning
{
    /// <summary>Dimension of latent tastes.</summary>
    public const int Dimension = 16;

    /// <summary>Length of an item's own deviation from the mixture of its tags' centroids, relative to the mixture.</summary>
    public const double ItemDeviation = 0.45;

    /// <summary>Length of a user's own deviation from the mixture of favourite tags, relative to the mixture.</summary>
    public const double UserDeviation = 0.35;

    /// <summary>How far country, age band and device pull a user's taste, relative to the mixture.</summary>
    public const double AttributePull = 0.2;

    /// <summary>How far a taste walks over the whole span, relative to its length.</summary>
    public const double Drift = 0.35;

    /// <summary>Steps of the walk; tastes move in straight lines between them.</summary>
    public const int DriftSteps = 6;

    /// <summary>Exponent of the Zipf law of popularity.</summary>
    public const double PopularityExponent = 1.1;

    /// <summary>Ranks added before the law applies, so that no item is shown to nearly everybody.</summary>
    public const double PopularityOffset = 9;

    /// <summary>How many different items a user is shown before choosing one.</summary>
    public const int Exposed = 16;

    /// <summary>Share of exposures drawn by popularity.</summary>
    public const double PopularShare = 0.5;

    /// <summary>Share of exposures drawn evenly from all items.</summary>
    public const double RandomShare = 0.1;

    /// <summary>Share of exposures drawn evenly from the newest items.</summary>
    public const double NewShare = 0.05;

    /// <summary>How long an item counts as new.</summary>
    public const long NewMilliseconds = 5L * 24 * 3_600_000;

    /// <summary>Sharpness of the choice among exposed items: weights are exp(Sharpness · affinity).</summary>
    public const double Sharpness = 4.5;

    /// <summary>Share of items that come into being during the span.</summary>
    public const double ArrivingShare = 0.2;

    /// <summary>Standard deviation of the logarithm of users' activity.</summary>
    public const double ActivitySpread = 0.8;

    /// <summary>Mean clicks in a session.</summary>
    public const double ClicksPerSession = 4;

    /// <summary>Mean events in a session, follow-ups included; only sets how long the events take.</summary>
    public const double EventsPerSession = 5.6;
}
