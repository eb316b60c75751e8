namespace Siskin.Inference.Registry;

/// <summary>What a version of a model is and where it comes from: <c>model.json</c> beside its files.</summary>
/// <remarks>Export jobs of other programs need not write one; their files are then taken as they are.</remarks>
public sealed record ModelDescription
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Of this file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>What kind of model it is: <c>onnx</c>, <c>pmml</c>, <c>graph</c>, …</summary>
    public string Kind { get; init; } = string.Empty;

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Where it was imported from, or the command that made it.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>The model that it was made from, as NAME@VERSION; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>The release that it was trained with; 0 for none.</summary>
    public int Release { get; init; }

    /// <summary>Time of the first event that it learned from, in milliseconds since 1970; 0 where it is not known.</summary>
    public long FirstEventMs { get; init; }

    /// <summary>Time of the last event that it learned from, in milliseconds since 1970; 0 where it is not known.</summary>
    public long LastEventMs { get; init; }

    /// <summary>Settings that it was trained with, by name.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>What was measured on it, by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Its files, in ordinal order, this one left out.</summary>
    public IReadOnlyList<ModelFile> Files { get; init; } = [];
}
