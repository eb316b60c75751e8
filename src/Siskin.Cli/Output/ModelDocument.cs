using Siskin.Offline.Experiments;

namespace Siskin.Cli.Output;

/// <summary>What <c>siskin models --json</c> prints for a model.</summary>
internal sealed record ModelDocument(string Name, string Kind, string Paper, IReadOnlyDictionary<string, object> Parameters)
{
    public static ModelDocument Of(ModelEntry model) => new(model.Name, KindOf(model), model.Paper, ExperimentDocument.Typed(model.Parameters));

    public static string KindOf(ModelEntry model) => model.Kind.ToString().ToLowerInvariant();
}
