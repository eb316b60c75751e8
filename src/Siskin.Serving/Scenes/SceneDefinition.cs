namespace Siskin.Serving.Scenes;

/// <summary>A scene as configuration gives it.</summary>
public sealed record SceneDefinition
{
    /// <summary>Name: 1 to 64 letters, digits, hyphens or underscores.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>Parameters that differ from their defaults, by name; numbers and Booleans as text.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Scenes that exist without any configuration.</summary>
    public static IReadOnlyList<SceneDefinition> BuiltIn { get; } =
    [
        new() { Name = "home", Description = "The front page: every channel, some diversity." },
        new()
        {
            Name = "for-you",
            Description = "What the user would take next: the order of the ranker alone.",
            Parameters = new Dictionary<string, string> { ["reRank.diversity"] = "0" },
        },
        new()
        {
            Name = "similar",
            Description = "Beside an item: what is like it, for this user.",
            Parameters = new Dictionary<string, string>
            {
                ["recall.popular.quota"] = "0",
                ["recall.trending.quota"] = "0",
                ["recall.newest.quota"] = "0",
                ["recall.segment.quota"] = "0",
                ["recall.friends.quota"] = "0",
                ["recall.liked-tag.quota"] = "0",
                ["rank.model"] = "none",
            },
        },
        new()
        {
            Name = "feed",
            Description = "An endless list: fresher and more varied than the front page.",
            Parameters = new Dictionary<string, string>
            {
                ["count"] = "30",
                ["reRank.diversity"] = "0.3",
                ["reRank.freshnessBoost"] = "0.2",
            },
        },
    ];
}
