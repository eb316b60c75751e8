using Siskin.Inference.Registry;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Vectors;

namespace Siskin.Inference.Native;

/// <summary>A model of the graph as files: <c>graph.json</c>, from which the same graph is built again, and <c>graph.bin</c> with its parameters.</summary>
public sealed record GraphDescription
{
    /// <summary>Name of the description in a model's folder.</summary>
    public const string FileName = "graph.json";

    /// <summary>Name of the parameters in a model's folder.</summary>
    public const string ParametersName = "graph.bin";

    /// <summary>Name of the model, as <c>siskin models</c> lists it.</summary>
    public required string Model { get; init; }

    /// <summary>Its settings that are not the defaults.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Its inputs.</summary>
    public required ExampleLayout Layout { get; init; }

    /// <summary>Writes a trained model into a folder.</summary>
    public static void Write(string folder, GraphDescription description, ModelGraph graph)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(graph);
        ModelJson.Write(Path.Combine(folder, FileName), description);
        ModelGraphFile.Write(Path.Combine(folder, ParametersName), graph);
    }

    /// <summary>Reads a trained model from a folder.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or the two do not fit.</exception>
    public static ModelGraph Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        ModelGraph graph;
        try
        {
            var description = ModelJson.Read<GraphDescription>(path);
            description.Layout.Validate();
            graph = RankingModel.Find(description.Model).With(description.Settings).Build(description.Layout, 1);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(path, -1, e.Message);
        }

        ModelGraphFile.Read(Path.Combine(folder, ParametersName), graph);
        return graph;
    }
}
