using System.Text.Json;
using Siskin.Inference.Onnx.Format;
using Siskin.Models.Graph;
using Siskin.Models.Sequences;

namespace Siskin.Inference.Onnx;

/// <summary>Writes models as ONNX files, which other runtimes score with.</summary>
/// <remarks>
/// <para>
/// Operator set 15 in format 8 (ONNX 1.10, 2021). Inputs are named as the layout names them: each categorical field is
/// int64 of n, each number float of n, each sequence int64 of n × L with −1 behind its ids; n, at least 1, and L are free.
/// Only inputs that the model reads are there. Outputs: logits, float, n × heads in the order of
/// <see cref="ModelGraph.Outputs"/>, and probabilities of the same shape; of a model that gives vectors instead, these.
/// </para>
/// <para>
/// The metadata <c>siskin.heads</c> has the names of the heads as a JSON array: of the labels that they are trained on.
/// Ids and numbers are those that the model was trained on; vocabularies and scaling are not in the file.
/// </para>
/// </remarks>
public static class OnnxExporter
{
    /// <summary>Of ONNX's own operators.</summary>
    internal const int OperatorSet = 15;

    /// <summary>Writes a model to a stream.</summary>
    /// <param name="graph">The model; not to be trained or disposed meanwhile.</param>
    /// <param name="stream">Output; stays open.</param>
    /// <param name="options">Names of outputs; defaults when null.</param>
    /// <exception cref="ArgumentException">An output has the name of an input, two have one name, or there are not as many names of vectors as vectors.</exception>
    /// <exception cref="NotSupportedException">An operator has no ONNX form here, which the message names, or the file would be 2 GiB or larger. Nothing is written.</exception>
    public static void Write(ModelGraph graph, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Write(graph, null, stream, options);
    }

    /// <summary>Writes a model to a file, which is there as a whole or not at all.</summary>
    /// <param name="graph">The model; not to be trained or disposed meanwhile.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="options">Names of outputs; defaults when null.</param>
    /// <exception cref="ArgumentException">An output has the name of an input, two have one name, or there are not as many names of vectors as vectors.</exception>
    /// <exception cref="NotSupportedException">An operator has no ONNX form here, which the message names, or the file would be 2 GiB or larger.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(ModelGraph graph, string path, OnnxExportOptions? options = null) =>
        WriteFile(path, stream => Write(graph, stream, options));

    /// <summary>Writes a sequence model to a stream: the user's vector, and its inner products with the vectors of all items.</summary>
    /// <param name="model">The model; not to be trained or disposed meanwhile.</param>
    /// <param name="stream">Output; stays open.</param>
    /// <param name="options">Names of outputs; defaults when null.</param>
    /// <exception cref="ArgumentException">An output has the name of an input, or two have one name.</exception>
    /// <exception cref="NotSupportedException">An operator has no ONNX form here, which the message names, or the file would be 2 GiB or larger. Nothing is written.</exception>
    public static void Write(SequenceGraph model, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Write(model.Graph, model.Items.Parameter, stream, options);
    }

    /// <summary>Writes a sequence model to a file, which is there as a whole or not at all.</summary>
    /// <param name="model">The model; not to be trained or disposed meanwhile.</param>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="options">Names of outputs; defaults when null.</param>
    /// <exception cref="ArgumentException">An output has the name of an input, or two have one name.</exception>
    /// <exception cref="NotSupportedException">An operator has no ONNX form here, which the message names, or the file would be 2 GiB or larger.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(SequenceGraph model, string path, OnnxExportOptions? options = null) =>
        WriteFile(path, stream => Write(model, stream, options));

    /// <summary>The file's content, whose tensors are the graph's parameters themselves.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="items">Rows that the model's one vector is multiplied with, items × d; null for none.</param>
    /// <param name="options">Names of outputs.</param>
    internal static OnnxModel Build(ModelGraph graph, Parameter? items, OnnxExportOptions options)
    {
        var givesVectors = items is not null || graph.Outputs.Any(output => output.Width > 1);
        var (export, metadata) = givesVectors ? (Vectors(graph, items, options), []) : Heads(graph, options);
        return new OnnxModel
        {
            ProducerName = "Siskin",
            ProducerVersion = typeof(OnnxExporter).Assembly.GetName().Version!.ToString(3),
            OperatorSets = new Dictionary<string, long> { [""] = OperatorSet },
            Graph = export.Build(),
            Metadata = metadata,
        };
    }

    private static void Write(ModelGraph graph, Parameter? items, Stream stream, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Build(graph, items, options ?? new OnnxExportOptions()).Write(stream);
        GC.KeepAlive(graph);
    }

    private static void WriteFile(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var part = path + ".part";
        try
        {
            using (var stream = File.Create(part))
            {
                write(stream);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    // Logits side by side, and what they are as probabilities.
    private static (OnnxExport Export, Dictionary<string, string> Metadata) Heads(ModelGraph graph, OnnxExportOptions options)
    {
        var heads = graph.Outputs.Select(output => HeadOf(graph, output)).ToArray();
        var probabilities = heads.All(head => head.IsProbability) ? options.ProbabilitiesName : null;
        var export = new OnnxExport(graph, probabilities is null ? [options.LogitsName] : [options.LogitsName, probabilities]);
        var g = export.Graph;
        OnnxDimension[] shape = ["batch", heads.Length];
        g.Add("Concat", [.. graph.Outputs.Select(export.Of)], [options.LogitsName], ("axis", -1L));
        g.Output(new OnnxValue(options.LogitsName, OnnxElementType.Float, shape, $"log-odds of {string.Join(", ", heads.Select(head => head.Name))}"));
        if (probabilities is not null)
        {
            g.Add("Sigmoid", [options.LogitsName], [probabilities]);
            g.Output(new OnnxValue(probabilities, OnnxElementType.Float, shape, "1 / (1 + e^-logit)"));
        }

        return (export, new() { ["siskin.heads"] = JsonSerializer.Serialize(heads.Select(head => head.Name)) });
    }

    private static OnnxExport Vectors(ModelGraph graph, Parameter? items, OnnxExportOptions options)
    {
        var names = options.VectorNames ?? (graph.Outputs.Count == 1 ? ["vector"] : [.. graph.Outputs.Select((_, i) => $"vector_{i + 1}")]);
        if (names.Count != graph.Outputs.Count)
        {
            throw new ArgumentException($"{names.Count} names for the {graph.Outputs.Count} vectors of '{graph.Name}'", nameof(options));
        }

        var scores = items is null ? null : options.ScoresName;
        var named = graph.Outputs.Zip(names).Where(output => output.Second is not null).Select(output => (Node: output.First, Name: output.Second!)).ToArray();
        if (named.Length == 0)
        {
            throw new ArgumentException($"no vector of '{graph.Name}' has a name", nameof(options));
        }

        var export = new OnnxExport(graph, named.Select(output => output.Name).Concat(scores is null ? [] : [scores]));
        var g = export.Graph;
        foreach (var (node, name) in named)
        {
            g.Add("Identity", [export.Of(node)], [name]);
            g.Output(new OnnxValue(name, OnnxElementType.Float, ["batch", node.Width], "a vector of each example"));
        }

        if (scores is not null)
        {
            var columns = g.Add("Transpose", [export.Matrix(items!)], ("perm", new[] { 1L, 0L }));
            g.Add("MatMul", [named[0].Name, columns], [scores]);
            g.Output(new OnnxValue(scores, OnnxElementType.Float, ["batch", items!.Rows], "inner products with the vectors of all items; item 0 is none"));
        }

        return export;
    }

    // A head trained on a label has its name and gives its probability.
    private static (string Name, bool IsProbability) HeadOf(ModelGraph graph, Node output)
    {
        var loss = graph.Losses.FirstOrDefault(loss => loss.Inputs is [var logit] && logit == output && loss.BinaryLabels.Count == 1);
        return loss is null ? (output.Name, false) : (graph.Layout.Labels[loss.BinaryLabels[0]], true);
    }
}
