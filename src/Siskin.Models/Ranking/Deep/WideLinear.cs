using System.ComponentModel.DataAnnotations;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Models.Ranking.Deep;

/// <summary>Logistic regression over ids and numbers, trained by FTRL-Proximal (McMahan et al. 2013): few weights stay that are not zero.</summary>
public sealed record WideLinear : IRankingArchitecture
{
    /// <summary>α.</summary>
    /// <value>0.1.</value>
    [Range(0.0, 1e6)]
    public float Alpha { get; init; } = 0.1f;

    /// <summary>λ₁.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L1 { get; init; }

    /// <summary>λ₂.</summary>
    /// <value>0.</value>
    [Range(0.0, 1e6)]
    public float L2 { get; init; }

    /// <inheritdoc/>
    public ModelGraph Build(ExampleLayout layout, int seed = 1)
    {
        OptionsValidation.Check(this);
        var g = new GraphBuilder("LR", layout, seed);
        var logit = g.Wide(new ParameterSettings { Optimizer = new Ftrl(Alpha, l1: L1, l2: L2) });
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }
}
