using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Retrieval.Spectral;

/// <summary>Settings of <see cref="SpectralFilter"/>.</summary>
public sealed record SpectralFilterOptions
{
    /// <summary>Singular vectors that the ideal low-pass filter keeps; at most min(users, items) are.</summary>
    /// <value>256.</value>
    [Range(1, 8192)]
    public int Rank { get; init; } = 256;

    /// <summary>Weight of the ideal low-pass filter beside the linear one (α); 0 leaves it out.</summary>
    /// <value>0.3.</value>
    [Range(0, 1e6)]
    public float IdealWeight { get; init; } = 0.3f;

    /// <summary>How far the filtered signal is sharpened; 0 leaves that step and its time out.</summary>
    /// <value>0.</value>
    [Range(0.0, 10.0)]
    public float Sharpening { get; init; }

    /// <summary>Power of a user's number of items that the user's entries are divided by.</summary>
    /// <value>0.5.</value>
    [Range(0.0, 2.0)]
    public float UserExponent { get; init; } = 0.5f;

    /// <summary>Power of an item's number of users that the item's entries are divided by.</summary>
    /// <value>0.5.</value>
    [Range(0.0, 2.0)]
    public float ItemExponent { get; init; } = 0.5f;

    /// <summary>Rounds of the iteration that finds the singular vectors.</summary>
    /// <value>8.</value>
    [Range(1, 1000)]
    public int Iterations { get; init; } = 8;

    /// <summary>Seed of the iteration's start.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 uses every processor. Does not change the result.</summary>
    /// <value>0.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }
}
