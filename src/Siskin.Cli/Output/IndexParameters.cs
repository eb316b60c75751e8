using System.Text.Json.Serialization;

namespace Siskin.Cli.Output;

/// <summary>What an index was built with and searched with; null where it has no such thing.</summary>
internal sealed record IndexParameters
{
    public int? Ef { get; init; }

    public int? Probes { get; init; }

    public int? M { get; init; }

    [JsonPropertyName("ef_construction")]
    public int? EfConstruction { get; init; }

    public string? Quantize { get; init; }

    public int Threads { get; init; }

    /// <summary>The setting that differs from line to line.</summary>
    [JsonIgnore]
    public string Setting => Ef is { } ef ? $"ef {ef}" : Probes is { } probes ? $"probes {probes}" : string.Empty;
}
