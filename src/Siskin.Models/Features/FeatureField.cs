namespace Siskin.Models.Features;

/// <summary>One feature of a <see cref="FeatureSchema"/>: where it comes from and how it is encoded.</summary>
public abstract record FeatureField
{
    /// <summary>Name, unique in the schema.</summary>
    public required string Name { get; init; }

    /// <summary>Column that it is read from.</summary>
    /// <value>Null: the column of the feature's own name.</value>
    public string? Column { get; init; }

    /// <summary>What the feature depends on.</summary>
    /// <value><see cref="FeatureSide.Cross"/>.</value>
    public FeatureSide Side { get; init; }

    /// <summary>The column that is read.</summary>
    internal string Source => Column ?? Name;
}
