using Siskin.Vectors.Kernels;

namespace Siskin.Models.Ranking;

/// <summary>p = σ(w·x + b): a weight for each feature and a bias.</summary>
/// <remarks>Immutable as long as nobody writes to its array; safe for concurrent use.</remarks>
public sealed class LogisticModel
{
    /// <summary>Wraps weights without copying them.</summary>
    /// <param name="weights">One for each feature, in the features' own units.</param>
    /// <param name="bias">The logit where all features are 0.</param>
    public LogisticModel(float[] weights, float bias)
    {
        Weights = weights;
        Bias = bias;
    }

    /// <summary>One for each feature, in the features' own units.</summary>
    public float[] Weights { get; }

    /// <summary>The logit where all features are 0.</summary>
    public float Bias { get; }

    /// <summary>Number of features.</summary>
    public int FeatureCount => Weights.Length;

    /// <summary>The log odds w·x + b.</summary>
    /// <param name="features">One number for each feature.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public float Logit(ReadOnlySpan<float> features) => VectorMath.Dot(Weights, features) + Bias;

    /// <summary>The probability, 0 to 1.</summary>
    /// <param name="features">One number for each feature.</param>
    /// <exception cref="ArgumentException">The number of features differs.</exception>
    public float Predict(ReadOnlySpan<float> features) => Sigmoid(Logit(features));

    /// <summary>Probabilities of many rows.</summary>
    /// <param name="features">Row-major, n × features.</param>
    /// <param name="probabilities">Output, length n.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Predict(ReadOnlySpan<float> features, Span<float> probabilities)
    {
        if (features.Length != (long)probabilities.Length * FeatureCount)
        {
            throw new ArgumentException($"{features.Length} numbers are not {probabilities.Length} rows of {FeatureCount} features", nameof(features));
        }

        for (var row = 0; row < probabilities.Length; row++)
        {
            probabilities[row] = Predict(features.Slice(row * FeatureCount, FeatureCount));
        }
    }

    private static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));
}
