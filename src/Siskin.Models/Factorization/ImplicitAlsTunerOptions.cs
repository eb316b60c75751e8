using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Factorization;

/// <summary>What <see cref="ImplicitAlsTuner"/> tries, and how much it may spend. The grid is the product of the four lists.</summary>
public sealed record ImplicitAlsTunerOptions
{
    /// <summary>Dimensions to try.</summary>
    /// <value>64.</value>
    public IReadOnlyList<int> Dimensions { get; init; } = [64];

    /// <summary>Values of α₀ to try.</summary>
    /// <value>0.03, 0.1, 0.3, 1.</value>
    public IReadOnlyList<float> UnobservedWeights { get; init; } = [0.03f, 0.1f, 0.3f, 1f];

    /// <summary>
    /// Values of λ* to try: λ at ν = 1. For another ν, λ is chosen such that the penalties of all users and items add up to
    /// the same (Rendle et al. 2022, equation 8), so that one list serves every ν.
    /// </summary>
    /// <value>0.001, 0.003, 0.01, 0.03.</value>
    public IReadOnlyList<float> Regularizations { get; init; } = [0.001f, 0.003f, 0.01f, 0.03f];

    /// <summary>Values of ν to try.</summary>
    /// <value>1.</value>
    public IReadOnlyList<float> Exponents { get; init; } = [1];

    /// <summary>Epochs of the first round; each next round doubles them.</summary>
    /// <value>4.</value>
    [Range(1, 1000)]
    public int FirstEpochs { get; init; } = 4;

    /// <summary>Epochs of the last round.</summary>
    /// <value>16.</value>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 16;

    /// <summary>After each round the best one in this many goes on, at least one.</summary>
    /// <value>3.</value>
    [Range(2, 100)]
    public int KeepOneIn { get; init; } = 3;

    /// <summary>Length of the lists that are judged.</summary>
    /// <value>20.</value>
    [Range(1, 1000)]
    public int ListLength { get; init; } = 20;

    /// <summary>Settings tried in the first round at most; of a larger grid a random part is taken.</summary>
    /// <value>64.</value>
    [Range(1, 10_000)]
    public int MaxTrials { get; init; } = 64;

    /// <summary>No further training starts once this much time has passed; what is best by then is the result.</summary>
    /// <value>One hour.</value>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Seed of the models and of the choice from a grid that is too large.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
