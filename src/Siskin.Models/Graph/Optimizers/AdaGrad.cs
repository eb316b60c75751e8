using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Optimizers;

/// <summary>AdaGrad (Duchi, Hazan and Singer 2011): s ← s + g², w ← w − η·g / (√s + ε).</summary>
/// <param name="learningRate">η, above 0.</param>
/// <param name="epsilon">ε, above 0.</param>
/// <param name="initial">s at the start, at least 0.</param>
public sealed class AdaGrad(float learningRate = 0.01f, float epsilon = 1e-10f, float initial = 0) : Optimizer
{
    private readonly float _epsilon = Positive.Check(epsilon, nameof(epsilon));

    /// <inheritdoc/>
    public override float LearningRate { get; } = Positive.Check(learningRate, nameof(learningRate));

    internal override int States => 1;

    internal override float FirstState { get; } = Positive.OrZero(initial, nameof(initial));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"AdaGrad {LearningRate}, ε {_epsilon}, first {FirstState}");

    internal override unsafe void Apply(in ParameterUpdate update)
    {
        var w = update.Values;
        var g = update.Gradients;
        var s = update.First;
        var rate = update.Rates.Rate;
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var epsilon = Vector512.Create(_epsilon);
            for (; i + 16 <= update.Count; i += 16)
            {
                var value = Vector512.Load(w + i);
                var gradient = (Vector512.Load(g + i) * update.Scale) + (value * update.L2);
                var sum = Vector512.Load(s + i) + (gradient * gradient);
                sum.Store(s + i);
                (value - (gradient * rate / (Vector512.Sqrt(sum) + epsilon))).Store(w + i);
            }
        }

        for (; i < update.Count; i++)
        {
            var gradient = (g[i] * update.Scale) + (update.L2 * w[i]);
            s[i] += gradient * gradient;
            w[i] -= gradient * rate / (MathF.Sqrt(s[i]) + _epsilon);
        }
    }
}
