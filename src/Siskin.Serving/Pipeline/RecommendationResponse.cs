namespace Siskin.Serving.Pipeline;

/// <summary>A list of recommended items.</summary>
public sealed record RecommendationResponse
{
    /// <summary>Names this answer; events that follow from it carry it in <c>request</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>The scene that was asked.</summary>
    public required string Scene { get; init; }

    /// <summary>The user that was named, if any.</summary>
    public string? User { get; init; }

    /// <summary>Number of the release that answered; 0 when none is there yet.</summary>
    public required int Release { get; init; }

    /// <summary>The model of the registry that ranked, as NAME@VERSION; null when the release's own did.</summary>
    public string? Model { get; init; }

    /// <summary>Best first. Fewer than asked when the channels, within their quotas, find no more items that pass the filters.</summary>
    public required IReadOnlyList<Recommendation> Items { get; init; }

    /// <summary>What was left out or replaced by something cheaper; empty when all went well.</summary>
    public required IReadOnlyList<Degradation> Degradations { get; init; }

    /// <summary>Time from request to answer, in milliseconds.</summary>
    public required double Milliseconds { get; init; }

    /// <summary>How the list came about; null unless asked for.</summary>
    public RequestTrace? Trace { get; init; }
}
