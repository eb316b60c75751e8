namespace Siskin.Models.Graph.Optimizers;

/// <summary>FTRL-Proximal (McMahan et al. 2013): a rate per coordinate, and zeros wherever L1 outweighs what was learned.</summary>
/// <remarks>
/// Values follow from z, n and α alone, so that values which a parameter starts with are kept in z, and α stays what it is: no
/// schedule changes it. L2 of the parameter is added to that here.
/// </remarks>
/// <param name="alpha">α, above 0: the rate at the start is about α/β.</param>
/// <param name="beta">β, above 0.</param>
/// <param name="l1">λ₁, at least 0.</param>
/// <param name="l2">λ₂, at least 0.</param>
public sealed class Ftrl(float alpha = 0.1f, float beta = 1, float l1 = 0, float l2 = 0) : Optimizer
{
    private readonly float _beta = Positive.Check(beta, nameof(beta));
    private readonly float _l1 = Positive.OrZero(l1, nameof(l1));
    private readonly float _l2 = Positive.OrZero(l2, nameof(l2));

    /// <summary>α.</summary>
    public override float LearningRate { get; } = Positive.Check(alpha, nameof(alpha));

    /// <summary>z and n.</summary>
    internal override int States => 2;

    internal override unsafe void Start(Parameter parameter)
    {
        var w = parameter.Values;
        var z = parameter.State(0);
        var alpha = LearningRate * parameter.Settings.RateFactor;
        for (long i = 0; i < parameter.Length; i++)
        {
            z[i] = w[i] == 0 ? 0 : -(w[i] * ((_beta / alpha) + _l2 + parameter.Settings.L2)) - MathF.CopySign(_l1, w[i]);
        }
    }

    internal override StepRates Prepare(long step, float schedule, ParameterSettings settings) => new(LearningRate * settings.RateFactor, 0);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"FTRL {LearningRate}, β {_beta}, λ {_l1} and {_l2}");

    internal override unsafe void Apply(in ParameterUpdate update)
    {
        var w = update.Values;
        var g = update.Gradients;
        var z = update.First;
        var n = update.Second;
        var alpha = update.Rates.Rate;
        var l2 = _l2 + update.L2;
        for (var i = 0; i < update.Count; i++)
        {
            var gradient = g[i] * update.Scale;
            var sum = n[i] + (gradient * gradient);
            var sigma = (MathF.Sqrt(sum) - MathF.Sqrt(n[i])) / alpha;
            z[i] += gradient - (sigma * w[i]);
            n[i] = sum;
            w[i] = MathF.Abs(z[i]) <= _l1 ? 0 : -(z[i] - MathF.CopySign(_l1, z[i])) / (((_beta + MathF.Sqrt(sum)) / alpha) + l2);
        }
    }
}
