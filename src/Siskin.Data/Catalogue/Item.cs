namespace Siskin.Data.Catalogue;

/// <summary>Something that can be recommended.</summary>
/// <remarks>Immutable. Equality is by reference for the collections it holds.</remarks>
public sealed record Item
{
    /// <summary>The caller's identifier; 1 to 256 characters, unique in a catalogue.</summary>
    public required string Id { get; init; }

    /// <summary>What people read.</summary>
    public string? Title { get; init; }

    /// <summary>Labels such as genres or topics, without repeats, in the order given.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Values of the attributes that the schema declares for items.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Attributes { get; init; } = AttributeValue.None;

    /// <summary>A content embedding made elsewhere; its length is the schema's <see cref="CatalogueSchema.VectorDimension"/>.</summary>
    public ReadOnlyMemory<float>? Vector { get; init; }

    /// <summary>Where the item is.</summary>
    public GeoPoint? Place { get; init; }

    /// <summary>Price in the catalogue's currency; zero or more.</summary>
    public double? Price { get; init; }

    /// <summary>When the item came into being; unknown is allowed.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether the item may be recommended now.</summary>
    public bool IsAvailable { get; init; } = true;
}
