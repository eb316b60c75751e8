using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Retrieval;

/// <summary>Settings of <see cref="ItemNeighbours"/>.</summary>
public sealed record ItemNeighboursOptions
{
    /// <summary>Neighbours kept per item.</summary>
    /// <value>100.</value>
    [Range(1, 10_000)]
    public int Neighbours { get; init; } = 100;

    /// <summary>The similarity.</summary>
    /// <value>Cosine.</value>
    public ItemSimilarity Kind { get; init; } = ItemSimilarity.Cosine;

    /// <summary>Added to the similarity's denominator, so that few common users count for less.</summary>
    /// <value>0.</value>
    [Range(0, 1e9)]
    public float Shrinkage { get; init; }

    /// <summary>α of <see cref="ItemSimilarity.PopularityDamped"/>: 0 ignores the neighbour's popularity, 1 divides by it.</summary>
    /// <value>0.5.</value>
    [Range(0.0, 2.0)]
    public float Damping { get; init; } = 0.5f;

    /// <summary>β of <see cref="ItemSimilarity.PopularityDamped"/>: 0 lets popular items of a history speak loudest, 1 divides by their popularity.</summary>
    /// <value>1.</value>
    [Range(0.0, 2.0)]
    public float HistoryDamping { get; init; } = 1;

    /// <summary>Whether a user with n items counts 1 / ln(1 + n) (Breese, Heckerman and Kadie 1998).</summary>
    /// <value>False.</value>
    public bool UserFrequencyWeighting { get; init; }

    /// <summary>A user with n items counts n^−γ, beside the weighting above; 1 makes a random walk of the co-occurrences.</summary>
    /// <value>0.</value>
    [Range(0.0, 2.0)]
    public float UserDamping { get; init; }

    /// <summary>
    /// A user's longest history that counts. Of longer ones the largest weights are kept, and of equal weights an
    /// arbitrary but fixed choice is made. Bounds the time, which grows with the square of the length of a history.
    /// </summary>
    /// <value>2,000.</value>
    [Range(2, int.MaxValue)]
    public int MaxUserItems { get; init; } = 2_000;

    /// <summary>Threads; 0 uses every processor.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
