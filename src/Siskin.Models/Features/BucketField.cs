namespace Siskin.Models.Features;

/// <summary>A number cut into buckets at the quantiles of the training rows; id 0 is a missing number, 1 the lowest bucket.</summary>
/// <remarks>Edge k of b − 1 is the sorted number ⌊k·n/b⌋; equal edges become one, so that there may be fewer buckets. A number on an edge belongs above it.</remarks>
public sealed record BucketField : FeatureField
{
    /// <summary>Buckets at most, 2 to 65,536.</summary>
    /// <value>10.</value>
    public int Buckets { get; init; } = 10;
}
