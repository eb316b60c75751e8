using Siskin.Data.Events;

namespace Siskin.Data.Catalogue;

/// <summary>Declares which attributes items and users have, and which types of events count for what.</summary>
public sealed record CatalogueSchema
{
    /// <summary>A schema without attributes and with the common event types.</summary>
    public static CatalogueSchema Default { get; } = new();

    /// <summary>Attributes of items.</summary>
    public IReadOnlyList<AttributeDefinition> ItemAttributes { get; init; } = [];

    /// <summary>Attributes of users.</summary>
    public IReadOnlyList<AttributeDefinition> UserAttributes { get; init; } = [];

    /// <summary>Types that events may have; others are refused.</summary>
    public IReadOnlyList<EventTypeDefinition> EventTypes { get; init; } = EventTypeDefinition.Common;

    /// <summary>Length of item vectors; null means that items carry none.</summary>
    public int? VectorDimension { get; init; }
}
