using System.ComponentModel.DataAnnotations;

namespace Siskin.Models.Evaluation;

/// <summary>Settings of <see cref="Bootstrap"/>.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Times that users are drawn anew.</summary>
    /// <value>1,000.</value>
    [Range(10, 1_000_000)]
    public int Resamples { get; init; } = 1000;

    /// <summary>Share of resamples inside the interval.</summary>
    /// <value>0.95.</value>
    [Range(0.01, 0.9999)]
    public double Confidence { get; init; } = 0.95;

    /// <summary>The same seed gives the same intervals, whatever the number of threads.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>0 uses every processor.</summary>
    /// <value>0.</value>
    [Range(0, 4096)]
    public int Threads { get; init; }
}
