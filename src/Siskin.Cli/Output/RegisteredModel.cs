using Siskin.Inference.Registry;

namespace Siskin.Cli.Output;

/// <summary>A version of a model of the registry, as <c>siskin model list</c> shows it.</summary>
internal sealed record RegisteredModel(
    string Name,
    long Version,
    string Kind,
    string Stage,
    IReadOnlyList<string> Labels,
    string Policy,
    int Release,
    string? Parent,
    IReadOnlyDictionary<string, double> Metrics,
    DateTimeOffset? AddedAt,
    string Hash)
{
    public static RegisteredModel Of(string name, long version, ModelRecord record)
    {
        var known = record.Find(version);
        return new(
            name, version, known?.Kind ?? string.Empty, record.StageOf(version), [.. record.Labels.Where(label => label.Value == version).Select(label => label.Key).Order(StringComparer.Ordinal)], record.Policy,
            known?.Release ?? 0, known?.Parent, known?.Metrics ?? new Dictionary<string, double>(), known?.AddedAt, known?.Hash ?? string.Empty);
    }
}
