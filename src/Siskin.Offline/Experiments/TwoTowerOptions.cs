using System.ComponentModel.DataAnnotations;

namespace Siskin.Offline.Experiments;

/// <summary>Two towers on a data set of users and items: user and history on one side, item and its values on the other.</summary>
public sealed record TwoTowerOptions
{
    /// <summary>Numbers of the vectors.</summary>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int Dimensions { get; init; } = 64;

    /// <summary>Numbers per embedding.</summary>
    /// <value>64.</value>
    [Range(1, 4096)]
    public int EmbeddingDimensions { get; init; } = 64;

    /// <summary>Widths of the layers of each tower before the last.</summary>
    /// <value>128.</value>
    public IReadOnlyList<int> Layers { get; init; } = [128];

    /// <summary>Temperature of the softmax over normalised vectors.</summary>
    /// <value>0.1.</value>
    [Range(1e-3, 1e3)]
    public float Temperature { get; init; } = 0.1f;

    /// <summary>Most items of a history.</summary>
    /// <value>50.</value>
    [Range(1, 1000)]
    public int MaxLength { get; init; } = 50;

    /// <summary>Whether the softmax is corrected for how often items occur in batches (logQ).</summary>
    /// <value>true.</value>
    public bool HasCorrection { get; init; } = true;
}
