using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Ranking;

/// <summary>Settings of <see cref="LogisticRegression"/>.</summary>
public sealed record LogisticRegressionOptions
{
    /// <summary>λ of the penalty λ/2 · Σ v_j², v the weights of the standardised features; the bias is not penalised.</summary>
    /// <value>1.</value>
    [Range(0, 1e12)]
    public double L2 { get; init; } = 1;

    /// <summary>Stops when no entry of the gradient, divided by the sum of the sample weights, is larger than this.</summary>
    /// <value>1e-8.</value>
    [Range(1e-15, 1)]
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Newton steps at most.</summary>
    /// <value>50.</value>
    [Range(1, 10_000)]
    public int MaxSteps { get; init; } = 50;
}
