using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Retrieval.Propagation;

/// <summary>Settings of <see cref="LightGcn"/>.</summary>
public sealed record LightGcnOptions
{
    /// <summary>Dimensions of the vectors.</summary>
    /// <value>64.</value>
    [Range(1, 1024)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Layers of propagation, K; 0 is plain matrix factorisation.</summary>
    /// <value>3.</value>
    [Range(0, 16)]
    public int Layers { get; init; } = 3;

    /// <summary>Epochs; each goes through all interactions once.</summary>
    /// <value>40.</value>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 40;

    /// <summary>Interactions of a step.</summary>
    /// <value>8,192.</value>
    [Range(1, 1 << 24)]
    public int BatchSize { get; init; } = 8192;

    /// <summary>Items that a step draws and that all its interactions are set against; at most the whole catalogue.</summary>
    /// <value>2,048.</value>
    [Range(1, 1 << 20)]
    public int Negatives { get; init; } = 2048;

    /// <summary>What cosines are divided by, τ.</summary>
    /// <value>0.1.</value>
    [Range(0.02, 10)]
    public float Temperature { get; init; } = 0.1f;

    /// <summary>First step of Adam; it falls to a hundredth over the epochs.</summary>
    /// <value>0.01.</value>
    [Range(1e-7, 1)]
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>Regularisation of the vectors before propagation.</summary>
    /// <value>0.</value>
    [Range(0.0, 1.0)]
    public float Regularization { get; init; }

    /// <summary>Standard deviation of the numbers of the first vectors.</summary>
    /// <value>0.1.</value>
    [Range(1e-7, 10)]
    public float InitialDeviation { get; init; } = 0.1f;

    /// <summary>p: an item's vector, of length 1 in training, gets the length degree^p, since cosines alone put what many take too low.</summary>
    /// <value>0.05.</value>
    [Range(0.0, 1.0)]
    public float PopularityExponent { get; init; } = 0.05f;

    /// <summary>Seed of the first vectors, the batches and the negatives.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor. Does not change the result.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
