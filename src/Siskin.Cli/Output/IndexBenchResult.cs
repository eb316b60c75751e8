using System.Text.Json.Serialization;

namespace Siskin.Cli.Output;

/// <summary>How good and how fast an index is at one setting, and what it takes.</summary>
/// <remarks>Bytes per vector are what is held in memory for the vectors themselves, compressed and whole.</remarks>
internal sealed record IndexBenchResult
{
    public required string Index { get; init; }

    public required IndexParameters Parameters { get; init; }

    public required double Recall { get; init; }

    public required double Qps { get; init; }

    [JsonPropertyName("p50_us")]
    public required double P50Microseconds { get; init; }

    [JsonPropertyName("p99_us")]
    public required double P99Microseconds { get; init; }

    /// <summary>Null when a saved index was measured: its file does not say.</summary>
    [JsonPropertyName("build_seconds")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required double? BuildSeconds { get; init; }

    [JsonPropertyName("bytes_per_vector")]
    public required double BytesPerVector { get; init; }

    /// <summary>Links, buckets, ids and the like, held in memory.</summary>
    [JsonPropertyName("structure_bytes_per_vector")]
    public required double StructureBytesPerVector { get; init; }

    /// <summary>Whole vectors that are left in the file and read when the best are scored again.</summary>
    [JsonPropertyName("mapped_bytes_per_vector")]
    public required double MappedBytesPerVector { get; init; }
}
