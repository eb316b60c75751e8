using System.ComponentModel.DataAnnotations;
using Siskin.Models.Ranking.Deep;

namespace Siskin.Offline.Jobs;

/// <summary>Which model ranks in the blend's place, and how it is trained.</summary>
public sealed record RankerSettings
{
    /// <summary>Name of the model, as <see cref="RankingModel.All"/> has them.</summary>
    public required string Model { get; init; }

    /// <summary>Settings of the model that are not the defaults.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Most passes over the samples.</summary>
    /// <value>20.</value>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 20;

    /// <summary>Samples of a step.</summary>
    /// <value>512.</value>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 512;

    /// <summary>Of Adam.</summary>
    /// <value>0.001.</value>
    [Range(1e-6, 1.0)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Seed of the starting values and of the order of samples.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;
}
