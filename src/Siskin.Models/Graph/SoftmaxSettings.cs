using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Siskin.Models.Graph;

/// <summary>How a softmax over items is made small.</summary>
public sealed record SoftmaxSettings
{
    /// <summary>Temperature τ: logits are inner products divided by it.</summary>
    /// <value>1; 0.05 to 0.2 where both sides are normalised.</value>
    [Range(1e-3, 1e3)]
    public float Temperature { get; init; } = 1;

    /// <summary>Items drawn for a block of examples to stand for all others; 0 takes all items.</summary>
    /// <value>0.</value>
    [Range(0, 1 << 20)]
    public int Negatives { get; init; }

    /// <summary>How often each item occurs, by id; items are drawn by these. Null draws all alike.</summary>
    public IReadOnlyList<int>? Frequencies { get; init; }

    /// <summary>Power of the frequencies by which items are drawn.</summary>
    /// <value>0.75.</value>
    [Range(0.0, 1.0)]
    public double FrequencyPower { get; init; } = 0.75;

    /// <summary>Of this loss among others.</summary>
    /// <value>1.</value>
    [Range(0.0, 1e6)]
    public float Weight { get; init; } = 1;

    internal float Factor => 1 / Temperature;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"τ {Temperature}, {Negatives} drawn by {(Frequencies is null ? "nothing" : "frequency")}^{FrequencyPower}, × {Weight}");
}
