namespace Siskin.Data.Events;

/// <summary>Something a user did with an item.</summary>
public sealed record Event
{
    /// <summary>Names the event once and for all: a second event with this id changes nothing. 1 to 128 characters.</summary>
    public required string Id { get; init; }

    /// <summary>One of the schema's event types.</summary>
    public required string Type { get; init; }

    /// <summary>Id of the user.</summary>
    public required string User { get; init; }

    /// <summary>Id of the item.</summary>
    public required string Item { get; init; }

    /// <summary>A rating, a quantity, seconds watched: whatever the type means by it; finite.</summary>
    public double? Value { get; init; }

    /// <summary>When it happened; kept to the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Id of the recommendation request that the event answers, so that a click leads back to its impression.</summary>
    public string? Request { get; init; }

    /// <summary>The scene in which it happened.</summary>
    public string? Scene { get; init; }
}
