namespace Siskin.Inference.Registry;

/// <summary>A version of a model, as the control store describes it.</summary>
public sealed record ModelVersionRecord
{
    /// <summary>SHA-256 over its files' checksums, in hex.</summary>
    public string Hash { get; init; } = string.Empty;

    /// <summary>What kind of model it is.</summary>
    public string Kind { get; init; } = string.Empty;

    /// <summary>When it came into the registry.</summary>
    public DateTimeOffset AddedAt { get; init; }

    /// <summary>The model that it was made from, as NAME@VERSION; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>The release that it was trained with; 0 for none.</summary>
    public int Release { get; init; }

    /// <summary>Time of the first and last event that it learned from, in milliseconds since 1970.</summary>
    public IReadOnlyList<long> DataWindowMs { get; init; } = [];

    /// <summary>What was measured on it, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}
