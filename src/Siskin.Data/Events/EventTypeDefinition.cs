namespace Siskin.Data.Events;

/// <summary>Declares what events of one type mean.</summary>
public sealed record EventTypeDefinition
{
    /// <summary>Name, as it stands in an event's <c>type</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// How strongly one event speaks for the item: above 0 it is evidence of interest and trains the models,
    /// 0 says nothing (an impression), below 0 it speaks against (a dislike).
    /// </summary>
    public double Weight { get; init; } = 1;

    /// <summary>Whether the user has now consumed the item, so that it counts as seen.</summary>
    public bool IsConsumption { get; init; } = true;

    /// <summary>
    /// For types whose value is a rating: from this value on the item counts as liked. Null: the value is not a rating,
    /// and the item counts as liked when <see cref="Weight"/> is at least 2.
    /// </summary>
    public double? LikedFrom { get; init; }

    /// <summary>Types that most sites have.</summary>
    public static IReadOnlyList<EventTypeDefinition> Common { get; } =
    [
        new() { Name = "impression", Weight = 0, IsConsumption = false },
        new() { Name = "view" },
        new() { Name = "click" },
        new() { Name = "listen" },
        new() { Name = "rating", LikedFrom = 4 },
        new() { Name = "like", Weight = 2 },
        new() { Name = "dislike", Weight = -1 },
        new() { Name = "share", Weight = 2 },
        new() { Name = "cart", Weight = 2 },
        new() { Name = "purchase", Weight = 3 },
    ];

    /// <summary>Whether an event of this type with this value says that the user likes the item.</summary>
    /// <param name="value">The event's value, if it has one.</param>
    public bool IsLike(double? value) =>
        LikedFrom is { } threshold ? value >= threshold : Weight >= 2;
}
