namespace Siskin.Vectors.Advice;

/// <summary>How the cost of one operation grows with the number of vectors, at least.</summary>
public enum GrowthLaw
{
    /// <summary>In proportion to n.</summary>
    Linear,

    /// <summary>One part in proportion to n and one that stays, as seen between two samples; as the logarithm at least, in proportion where one sample is all.</summary>
    Affine,

    /// <summary>In proportion to √n.</summary>
    SquareRoot,

    /// <summary>In proportion to ln n.</summary>
    Logarithmic,

    /// <summary>Not at all.</summary>
    Constant,
}
