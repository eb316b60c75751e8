using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Optimizers;

/// <summary>Adam (Kingma and Ba 2015), with the bias of the means corrected by the number of the step.</summary>
/// <remarks>Rows of a table that a batch does not touch keep their means as they are, as in lazy Adam.</remarks>
/// <param name="learningRate">η, above 0.</param>
/// <param name="beta1">Decay of the mean gradient, 0 to below 1.</param>
/// <param name="beta2">Decay of the mean squared gradient, 0 to below 1.</param>
/// <param name="epsilon">ε, above 0.</param>
public sealed class Adam(float learningRate = 1e-3f, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f) : Optimizer
{
    private readonly float _beta1 = Decay(beta1, nameof(beta1));
    private readonly float _beta2 = Decay(beta2, nameof(beta2));
    private readonly float _epsilon = Positive.Check(epsilon, nameof(epsilon));

    /// <inheritdoc/>
    public override float LearningRate { get; } = Positive.Check(learningRate, nameof(learningRate));

    internal override int States => 2;

    // η·m̂ / (√v̂ + ε), with both corrections in two numbers.
    internal override StepRates Prepare(long step, float schedule, ParameterSettings settings)
    {
        var root = Math.Sqrt(1 - Math.Pow(_beta2, step));
        return new StepRates((float)(LearningRate * schedule * settings.RateFactor * root / (1 - Math.Pow(_beta1, step))), (float)(_epsilon * root));
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"Adam {LearningRate}, β {_beta1} and {_beta2}, ε {_epsilon}");

    internal override unsafe void Apply(in ParameterUpdate update)
    {
        var w = update.Values;
        var g = update.Gradients;
        var m = update.First;
        var v = update.Second;
        var (rate, epsilon) = update.Rates;
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var small = Vector512.Create(epsilon);
            for (; i + 16 <= update.Count; i += 16)
            {
                var value = Vector512.Load(w + i);
                var gradient = (Vector512.Load(g + i) * update.Scale) + (value * update.L2);
                var mean = Vector512.Load(m + i);
                mean += (gradient - mean) * (1 - _beta1);
                var square = Vector512.Load(v + i);
                square += ((gradient * gradient) - square) * (1 - _beta2);
                mean.Store(m + i);
                square.Store(v + i);
                (value - (mean * rate / (Vector512.Sqrt(square) + small))).Store(w + i);
            }
        }

        for (; i < update.Count; i++)
        {
            var gradient = (g[i] * update.Scale) + (update.L2 * w[i]);
            m[i] += (gradient - m[i]) * (1 - _beta1);
            v[i] += ((gradient * gradient) - v[i]) * (1 - _beta2);
            w[i] -= m[i] * rate / (MathF.Sqrt(v[i]) + epsilon);
        }
    }

    private static float Decay(float value, string name) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, value, "must be at least 0 and below 1");
}
