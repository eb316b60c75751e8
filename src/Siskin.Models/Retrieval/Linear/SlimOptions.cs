using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>Settings of <see cref="Slim"/>.</summary>
public sealed record SlimOptions
{
    /// <summary>Weight of the weights' sum (λ): how many are exactly 0.</summary>
    /// <value>0.5.</value>
    [Range(0, 1e9)]
    public float L1 { get; init; } = 0.5f;

    /// <summary>Weight of half the weights' squares (β).</summary>
    /// <value>20.</value>
    [Range(1e-6, 1e9)]
    public float L2 { get; init; } = 20;

    /// <summary>Only this many items, those most similar by cosine, may get a weight for an item.</summary>
    /// <value>200.</value>
    [Range(1, 10_000)]
    public int Candidates { get; init; } = 200;

    /// <summary>Most rounds over the candidates of an item.</summary>
    /// <value>50.</value>
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 50;

    /// <summary>An item is done when no weight of a round changed by more.</summary>
    /// <value>0.0001.</value>
    [Range(0.0, 1.0)]
    public float Tolerance { get; init; } = 1e-4f;

    /// <summary>Threads; 0 uses every processor. Does not change the result.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
