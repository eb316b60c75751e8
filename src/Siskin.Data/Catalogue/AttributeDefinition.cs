namespace Siskin.Data.Catalogue;

/// <summary>Declares one attribute of items or users.</summary>
public sealed record AttributeDefinition
{
    /// <summary>Name, as it stands in JSON.</summary>
    public required string Name { get; init; }

    /// <summary>Type of its values.</summary>
    public required AttributeType Type { get; init; }

    /// <summary>Whether models may learn from it.</summary>
    public bool IsFeature { get; init; }

    /// <summary>Whether requests may filter on it. Text attributes are never filterable.</summary>
    public bool IsFilterable { get; init; }
}
