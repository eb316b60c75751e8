using Siskin.Inference.Onnx.Format;
using Siskin.Models.Graph;

namespace Siskin.Tests.Inference.Onnx;

/// <summary>Examples for a layout, and the same as inputs of an exported model.</summary>
internal static class OnnxInputs
{
    /// <summary>Examples whose sequences have all lengths from none to the most in turn.</summary>
    public static ExampleTable Examples(ExampleLayout layout, int count, Random random)
    {
        var sequences = layout.Sequences.Select((field, s) =>
        {
            var offsets = new int[count + 1];
            for (var i = 0; i < count; i++)
            {
                offsets[i + 1] = offsets[i] + ((i + s) % (field.MaxLength + 1));
            }

            return new IdSequences(offsets, [.. Enumerable.Range(0, offsets[count]).Select(_ => random.Next(field.Count))]);
        }).ToArray();
        return new ExampleTable(
            layout,
            count,
            [.. Enumerable.Range(0, count).SelectMany(_ => layout.Fields.Select(field => random.Next(field.Count)))],
            [.. Enumerable.Range(0, count * layout.Numbers.Count).Select(_ => (random.NextSingle() * 2) - 1)],
            sequences,
            [.. Enumerable.Range(0, count * layout.Labels.Count).Select(_ => (float)random.Next(2))]);
    }

    /// <summary>What the model declares, of the examples; sequences with −1 behind their ids up to the longest one and some more.</summary>
    public static Dictionary<string, OnnxArray> Of(ExampleTable examples, OnnxModel model, int more) =>
        model.Graph.Inputs.ToDictionary(input => input.Name, input => Of(examples, input.Name, more));

    private static OnnxArray Of(ExampleTable examples, string name, int more)
    {
        var (layout, n) = (examples.Layout, examples.Count);
        if (layout.Fields.Any(field => field.Name == name))
        {
            var field = layout.Field(name);
            return OnnxArray.Int64s([n], Enumerable.Range(0, n).Select(i => examples.Ids[(i * layout.Fields.Count) + field]));
        }

        if (layout.Numbers.Contains(name))
        {
            var number = layout.Numbers.ToList().IndexOf(name);
            return OnnxArray.Floats([n], Enumerable.Range(0, n).Select(i => examples.Numbers[(i * layout.Numbers.Count) + number]));
        }

        var sequences = examples.Sequences[layout.Sequence(name)];
        var length = Enumerable.Range(0, n).Max(i => sequences[i].Length) + more;
        return OnnxArray.Int64s([n, length], Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, length).Select(t => t < sequences[i].Length ? sequences[i][t] : -1)));
    }
}
