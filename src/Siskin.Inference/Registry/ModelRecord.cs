using System.Globalization;

namespace Siskin.Inference.Registry;

/// <summary>What operators have decided about a model, and what its versions are: a document of the control store.</summary>
public sealed record ModelRecord
{
    /// <summary>Which versions are loaded, as <see cref="VersionPolicy.Parse"/> reads it.</summary>
    public string Policy { get; init; } = VersionPolicy.Default.ToString();

    /// <summary>The version of each label.</summary>
    public IReadOnlyDictionary<string, long> Labels { get; init; } = new Dictionary<string, long>();

    /// <summary>The versions that each label had before, the latest last.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Earlier { get; init; } = new Dictionary<string, IReadOnlyList<long>>();

    /// <summary>The versions imported, by number.</summary>
    public IReadOnlyDictionary<string, ModelVersionRecord> Versions { get; init; } = new Dictionary<string, ModelVersionRecord>();

    /// <summary>The version tried beside the stable one, now or lately; null when none was.</summary>
    public ModelRollout? Rollout { get; init; }

    /// <summary>Where a version is: <c>production</c> when it is stable, <c>canary</c>, <c>archived</c> when it was stable, else <c>staging</c>.</summary>
    public string StageOf(long version) =>
        Labels.GetValueOrDefault("stable", -1) == version ? "production"
        : Labels.GetValueOrDefault("canary", -1) == version ? "canary"
        : Earlier.TryGetValue("stable", out var earlier) && earlier.Contains(version) ? "archived"
        : "staging";

    /// <summary>What is known of a version; null for one that was put into the folder by others.</summary>
    public ModelVersionRecord? Find(long version) => Versions.GetValueOrDefault(version.ToString(CultureInfo.InvariantCulture));

    /// <summary>The record with a label moved.</summary>
    /// <param name="label">The label.</param>
    /// <param name="version">Where to; null takes it away.</param>
    internal ModelRecord WithLabel(string label, long? version)
    {
        var (labels, earlier) = (new Dictionary<string, long>(Labels), new Dictionary<string, IReadOnlyList<long>>(Earlier));
        if (labels.TryGetValue(label, out var before) && before != version)
        {
            earlier[label] = [.. earlier.GetValueOrDefault(label, []), before];
        }

        if (version is { } number)
        {
            labels[label] = number;
        }
        else
        {
            labels.Remove(label);
        }

        return this with { Labels = labels, Earlier = earlier };
    }
}
