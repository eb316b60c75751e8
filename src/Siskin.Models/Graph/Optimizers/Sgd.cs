using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Optimizers;

/// <summary>Stochastic gradient descent: w ← w − η·g.</summary>
/// <param name="learningRate">η, above 0.</param>
public sealed class Sgd(float learningRate) : Optimizer
{
    /// <inheritdoc/>
    public override float LearningRate { get; } = Positive.Check(learningRate, nameof(learningRate));

    internal override int States => 0;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"SGD {LearningRate}");

    internal override unsafe void Apply(in ParameterUpdate update)
    {
        var w = update.Values;
        var g = update.Gradients;
        var rate = update.Rates.Rate;
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= update.Count; i += 16)
            {
                var value = Vector512.Load(w + i);
                var gradient = (Vector512.Load(g + i) * update.Scale) + (value * update.L2);
                (value - (gradient * rate)).Store(w + i);
            }
        }

        for (; i < update.Count; i++)
        {
            w[i] -= rate * ((g[i] * update.Scale) + (update.L2 * w[i]));
        }
    }
}
