namespace Siskin.Serving.Pipeline;

/// <summary>Asks for a list of items.</summary>
/// <remarks>A list or dictionary that is null counts as empty.</remarks>
public sealed record RecommendationRequest
{
    /// <summary>Where the list will be shown; names a scene of the configuration.</summary>
    public required string Scene { get; init; }

    /// <summary>For whom; null for an anonymous visitor. An id never heard of gets its segment's list.</summary>
    public string? User { get; init; }

    /// <summary>The item being looked at, when the list shall relate to one.</summary>
    public string? Item { get; init; }

    /// <summary>What the visitor consumed lately, oldest first, for visitors whose events are not stored; 1,000 at the most.</summary>
    public IReadOnlyList<string> RecentItems { get; init => field = value ?? []; } = [];

    /// <summary>How many items at the most; the scene's <c>count</c> when null.</summary>
    public int? Count { get; init; }

    /// <summary>Which items are allowed.</summary>
    public RequestFilter? Filter { get; init; }

    /// <summary>What is known of the moment (device, country, hour, …); picks the segment of users without history.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Parameters of the scene replaced for this request, by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Whether the answer tells how it came about.</summary>
    public bool Explain { get; init; }

    private static IReadOnlyDictionary<string, string> Empty { get; } =
        System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
}
