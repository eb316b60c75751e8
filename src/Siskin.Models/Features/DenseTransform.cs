namespace Siskin.Models.Features;

/// <summary>How a <see cref="DenseField"/> turns a number x into its feature.</summary>
public enum DenseTransform
{
    /// <summary>(x − μ) / σ, with mean and deviation of the training rows; 0 where σ is 0.</summary>
    Standardize,

    /// <summary>sign(x) · log(1 + |x|), then standardised.</summary>
    LogStandardize,

    /// <summary>sign(x) · log(1 + |x|).</summary>
    Log,

    /// <summary>x.</summary>
    None,
}
