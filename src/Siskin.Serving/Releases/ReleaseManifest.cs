namespace Siskin.Serving.Releases;

/// <summary>Describes a release: <c>manifest.json</c>.</summary>
public sealed record ReleaseManifest
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the release's files.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Number of the release; 1 is the first, 0 is none.</summary>
    public int Number { get; init; }

    /// <summary>Number of the release before it; 0 for the first.</summary>
    public int Parent { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Position in the event log up to which it has learned: servers apply what lies behind.</summary>
    public long EventPosition { get; init; }

    /// <summary>Version of the catalogue that it holds: servers apply later changes.</summary>
    public long CatalogueVersion { get; init; }

    /// <summary>Time of the first event that it learned from, in milliseconds since 1970.</summary>
    public long FirstEventMs { get; init; }

    /// <summary>Time of the last event that it learned from, in milliseconds since 1970.</summary>
    public long LastEventMs { get; init; }

    /// <summary>XxHash64 of the schema's JSON, in hex.</summary>
    public string SchemaHash { get; init; } = string.Empty;

    /// <summary>How much it holds: items, users, events, … by name.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Settings that it was trained with, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What was measured on it, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Its files.</summary>
    public IReadOnlyList<ReleaseFile> Files { get; init; } = [];
}
