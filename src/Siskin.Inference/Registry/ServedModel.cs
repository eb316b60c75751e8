namespace Siskin.Inference.Registry;

/// <summary>A model's versions at one moment.</summary>
/// <param name="name">Of the model.</param>
/// <param name="versions">Newest first.</param>
/// <param name="labels">Of versions that are available.</param>
internal sealed class ServedModel(string name, IReadOnlyList<HeldVersion> versions, IReadOnlyDictionary<string, long> labels)
{
    public string Name => name;

    public IReadOnlyList<HeldVersion> Versions => versions;

    public IReadOnlyDictionary<string, long> Labels => labels;

    /// <summary>The version that scenes mean by the bare name: the stable one, or else the newest; null when none is available.</summary>
    public HeldVersion? ForRanking =>
        (labels.TryGetValue("stable", out var stable) ? versions.FirstOrDefault(version => version.Version == stable) : null)
        ?? versions.FirstOrDefault(version => version.State == ServableState.Available);

    public IReadOnlyList<string> LabelsOf(long version) => [.. labels.Where(label => label.Value == version).Select(label => label.Key).Order(StringComparer.Ordinal)];

    /// <exception cref="ServableException">There is none.</exception>
    public HeldVersion Find(long? version, string? label)
    {
        if (label is not null)
        {
            version = labels.TryGetValue(label, out var labelled) ? labelled : throw new ServableException(ServableError.NotFound, $"the model '{name}' has no label '{label}'");
        }

        return version is null
            ? versions.FirstOrDefault(held => held.State == ServableState.Available) ?? versions.FirstOrDefault() ?? throw new ServableException(ServableError.NotFound, $"no version of the model '{name}' is loaded")
            : versions.FirstOrDefault(held => held.Version == version) ?? throw new ServableException(ServableError.NotFound, $"version {version} of the model '{name}' is not loaded");
    }
}
