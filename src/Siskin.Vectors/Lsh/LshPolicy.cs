namespace Siskin.Vectors.Lsh;

/// <summary>When a group of m functions calls a vector a candidate for a query.</summary>
public enum LshPolicy
{
    /// <summary>All m values are equal: few candidates. The group's values together name a bucket.</summary>
    And,

    /// <summary>At least one value is equal: many candidates. Each function has buckets of its own.</summary>
    Or,

    /// <summary>At least r values are equal: between the two. The values are kept as signatures, which a search compares one after the other.</summary>
    AtLeast,
}
