using Siskin.Vectors.Persistence;

namespace Siskin.Models.Graph;

/// <summary>A file with the parameters of a trained graph, checksummed block by block. The structure is not in it: whoever reads builds the same graph first.</summary>
public static unsafe class ModelGraphFile
{
    private const string Kind = "model-graph";
    private const int Version = 1;

    /// <summary>Writes all parameters; the file appears whole or not at all.</summary>
    /// <param name="path">The file, replaced if it exists.</param>
    /// <param name="graph">Not being trained.</param>
    public static void Write(string path, ModelGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using var writer = new IndexFileWriter(path, Kind, Version);
        writer.Metadata.Set("model", Describe(graph));
        foreach (var parameter in graph.Parameters)
        {
            writer.WriteSection(Section(parameter), sizeof(float), parameter.Values, parameter.Length * sizeof(float));
        }

        writer.Commit();
    }

    /// <summary>Reads all parameters into a graph of the same structure; on an error the graph stays as it was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">Built by the same code with the same settings and layout.</param>
    /// <exception cref="Siskin.Vectors.ModelFormatException">The file is missing, damaged, or of another graph; or holds a number that is not finite.</exception>
    public static void Read(string path, ModelGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using var file = IndexFile.Open(path, Kind, Version, Version);
        var (found, wanted) = (file.Metadata.Text("model"), Describe(graph));
        if (found != wanted)
        {
            throw file.Invalid($"it holds '{found}', not '{wanted}'");
        }

        var values = new List<float[]>(graph.Parameters.Count);
        foreach (var parameter in graph.Parameters)
        {
            var own = file.Section(Section(parameter), sizeof(float), parameter.Length).ToArray<float>();
            if (!System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<float>(own))
            {
                throw file.Invalid($"a number of '{parameter.Name}' is not finite");
            }

            values.Add(own);
        }

        for (var i = 0; i < values.Count; i++)
        {
            values[i].CopyTo(new Span<float>(graph.Parameters[i].Values, values[i].Length));
        }
    }

    private static string Section(Parameter parameter) => $"{parameter.Index}.values";

    private static string Describe(ModelGraph graph) =>
        $"{graph.Name}: {string.Join(", ", graph.Parameters.Select(parameter => $"{parameter.Name} {parameter.Rows}x{parameter.Columns}"))}";
}
