namespace Siskin.Models.Features;

/// <summary>A number that stays a number. A missing one becomes the training rows' mean after the transform.</summary>
public sealed record DenseField : FeatureField
{
    /// <summary>What is done to the number.</summary>
    /// <value><see cref="DenseTransform.Standardize"/>.</value>
    public DenseTransform Transform { get; init; }

    /// <summary>Whether training rows may lack it (NaN); infinite numbers are never allowed there.</summary>
    /// <value>False.</value>
    public bool AllowMissing { get; init; }
}
