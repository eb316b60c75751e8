namespace Siskin.Vectors.Lsh;

/// <summary>Families of locality-sensitive functions: near vectors get equal values more often than far ones.</summary>
public enum LshFamily
{
    /// <summary>⌊(a·v + b) / w⌋ with a from N(0, 1): for Euclidean distance. Datar et al. 2004.</summary>
    GaussianProjection,

    /// <summary>⌊(a·v + b) / w⌋ with a from the Cauchy distribution: for the sum of absolute differences (L1). Datar et al. 2004.</summary>
    CauchyProjection,

    /// <summary>Whether a·v ≥ 0, with a from N(0, 1): for the angle between vectors. Charikar 2002.</summary>
    SignProjection,
}
