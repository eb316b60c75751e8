using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Factorization;

/// <summary>Settings of <see cref="ImplicitAls"/>. Names in brackets are those of the paper.</summary>
public sealed record ImplicitAlsOptions
{
    /// <summary>Dimensions of the vectors (d).</summary>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Weight of the squared score of every pair, observed or not (α₀).</summary>
    /// <value>0.1.</value>
    [Range(1e-9, 1e6)]
    public float UnobservedWeight { get; init; } = 0.1f;

    /// <summary>Regularisation (λ).</summary>
    /// <value>0.003.</value>
    [Range(1e-9, 1e9)]
    public float Regularization { get; init; } = 0.003f;

    /// <summary>How regularisation grows with the frequency of a user or item (ν): 0 not at all, 1 in proportion.</summary>
    /// <value>1.</value>
    [Range(0.0, 1.0)]
    public float Exponent { get; init; } = 1;

    /// <summary>Epochs; each solves for all users, then for all items.</summary>
    /// <value>16.</value>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 16;

    /// <summary>Seed of the first item vectors.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor. Does not change the result.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Size of the first item vectors, about their norm: each number is drawn from N(0, (this / √d)²).</summary>
    /// <value>0.1.</value>
    [Range(1e-6, 1e3)]
    public float InitialDeviation { get; init; } = 0.1f;
}
