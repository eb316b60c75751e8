namespace Siskin.Models.Features;

/// <summary>Several texts per row without order; unknown ones are left out, repeated ones kept.</summary>
public sealed record MultiHotField : TokenField
{
    /// <summary>Texts at most; the first are kept.</summary>
    /// <value>32.</value>
    public int MaxLength { get; init; } = 32;

    /// <summary>What the model does with them; the encoder only carries it along.</summary>
    /// <value><see cref="FeaturePooling.Mean"/>.</value>
    public FeaturePooling Pooling { get; init; }
}
