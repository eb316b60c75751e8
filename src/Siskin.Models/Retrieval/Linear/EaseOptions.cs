using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>Settings of <see cref="Ease"/>.</summary>
public sealed record EaseOptions
{
    /// <summary>Weight of the squares of the item-item weights (λ).</summary>
    /// <value>500.</value>
    [Range(1e-6, 1e9)]
    public float Regularization { get; init; } = 500;

    /// <summary>Most bytes that the matrix may take: 2 for each pair of items. More items than fit are refused before any work.</summary>
    /// <value>8 GiB.</value>
    [Range(1L, long.MaxValue)]
    public long MemoryLimitBytes { get; init; } = 8L << 30;

    /// <summary>Threads; 0 uses every processor. Does not change the result.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
