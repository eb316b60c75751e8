using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Embeddings;

/// <summary>Settings of <see cref="SkipGram"/>.</summary>
public sealed record SkipGramOptions
{
    /// <summary>Dimensions of the vectors.</summary>
    /// <value>100.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 100;

    /// <summary>Largest distance between an id and its context; each id draws its own from 1 to this.</summary>
    /// <value>5.</value>
    [Range(1, 10_000)]
    public int Window { get; init; } = 5;

    /// <summary>Whether every other id of the sequence is context and <see cref="Window"/> is not looked at, as for sets in item2vec.</summary>
    /// <value>False. Cost grows with the square of a sequence's length.</value>
    public bool WholeSequence { get; init; }

    /// <summary>Negative samples for each pair.</summary>
    /// <value>5.</value>
    [Range(1, 1000)]
    public int Negatives { get; init; } = 5;

    /// <summary>Whether the pairs of one centre share their negatives, each then counting once for every pair.</summary>
    /// <value>False. True is faster; the gradient has the same mean and more variance.</value>
    public bool ShareNegatives { get; init; }

    /// <summary>Passes over the sequences.</summary>
    /// <value>5.</value>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 5;

    /// <summary>Learning rate at the start; falls to 0 in a line over all epochs.</summary>
    /// <value>0.05.</value>
    [Range(1e-6, 10)]
    public float LearningRate { get; init; } = 0.05f;

    /// <summary>Ids whose share f of all is above this (t) are left out at random and kept with probability √(t/f) + t/f; 0 keeps all.</summary>
    /// <value>0.0001.</value>
    [Range(0.0, 1.0)]
    public double Subsampling { get; init; } = 1e-4;

    /// <summary>Power of an id's count in the distribution of negatives; 0 is uniform.</summary>
    /// <value>0.75.</value>
    [Range(-2.0, 2.0)]
    public double NegativePower { get; init; } = 0.75;

    /// <summary>Ids that occur less often are left out and get no vector.</summary>
    /// <value>1.</value>
    [Range(1, int.MaxValue)]
    public int MinimumCount { get; init; } = 1;

    /// <summary>Seed of the first vectors and of all sampling.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor. With one, the same seed gives the same bits on the same kind of processor.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
