using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Retrieval.Factors;

/// <summary>Settings of <see cref="Bpr"/>.</summary>
public sealed record BprOptions
{
    /// <summary>Dimensions of the vectors.</summary>
    /// <value>64.</value>
    [Range(1, 1024)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Epochs; each draws as many triples as there are interactions.</summary>
    /// <value>100.</value>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>First step of the descent; it falls to a hundredth over the epochs in a straight line.</summary>
    /// <value>0.1.</value>
    [Range(1e-7, 10)]
    public float LearningRate { get; init; } = 0.1f;

    /// <summary>Regularisation of the three vectors of each triple.</summary>
    /// <value>0.01.</value>
    [Range(0.0, 100.0)]
    public float Regularization { get; init; } = 0.01f;

    /// <summary>Standard deviation of the numbers of the first vectors.</summary>
    /// <value>0.1.</value>
    [Range(1e-7, 10)]
    public float InitialDeviation { get; init; } = 0.1f;

    /// <summary>Seed of the first vectors and the triples.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor. The result repeats with one.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
