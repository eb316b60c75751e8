using Siskin.Inference.Onnx.Format;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Operators;

namespace Siskin.Inference.Onnx.Rules;

/// <summary>Operators that go from examples to elements, across elements, or from elements to examples.</summary>
internal static class SequenceRules
{
    /// <summary>Over columns; over elements where there is one column, leaving out places without one.</summary>
    public static string Softmax(OnnxExport export, Softmax op)
    {
        var (g, x) = (export.Graph, export.Of(op.Inputs[0]));
        if (op.Output.Width > 1)
        {
            return g.Add("Softmax", [x], ("axis", -1L));
        }

        // Not −∞: an example without elements would get 0/0.
        var masked = g.Add("Where", [export.Sequence(op.Output.Rows.Sequence).IsElement, x, g.Floats("lowest", float.MinValue)]);
        return g.Add("Softmax", [masked], ("axis", 1L));
    }

    /// <summary>[e, t, e − t, e ⊙ t].</summary>
    public static string TargetComparison(OnnxExport export, TargetComparison op)
    {
        var (g, elements) = (export.Graph, export.Of(op.Inputs[0]));
        var target = export.ToElements(export.Of(op.Inputs[1]), op.Output.Rows.Sequence);
        return g.Add("Concat", [elements, target, g.Add("Sub", [elements, target]), g.Add("Mul", [elements, target])], ("axis", -1L));
    }

    public static string Repeat(OnnxExport export, Repeat op) => export.ToElements(export.Of(op.Inputs[0]), op.Output.Rows.Sequence);

    public static string Pool(OnnxExport export, Pool op)
    {
        var g = export.Graph;
        var weights = Cast(g, export.Sequence(op.Inputs[0].Rows.Sequence).IsElement, OnnxElementType.Float);
        var sum = WeightedSum(g, weights, export.Of(op.Inputs[0]));
        if (!op.IsMean)
        {
            return sum;
        }

        // At least 1, so that the mean of no elements is zero.
        var count = g.Add("Max", [g.Add("ReduceSum", [weights, g.Integers(1)], ("keepdims", 0L)), g.Floats("one", 1)]);
        return g.Add("Div", [sum, count]);
    }

    public static string WeightedPool(OnnxExport export, WeightedPool op)
    {
        var g = export.Graph;
        var weights = g.Add("Where", [export.Sequence(op.Inputs[1].Rows.Sequence).IsElement, export.Of(op.Inputs[0]), g.Floats("zero", 0)]);
        return WeightedSum(g, weights, export.Of(op.Inputs[1]));
    }

    public static string MaxPool(OnnxExport export, MaxPool op)
    {
        var (g, isElement) = (export.Graph, export.Sequence(op.Inputs[0].Rows.Sequence).IsElement);
        string Largest(string x) => g.Add("ReduceMax", [x], ("axes", new[] { 1L }), ("keepdims", 0L));
        var largest = Largest(g.Add("Where", [isElement, export.Of(op.Inputs[0]), g.Floats("lowest", float.MinValue)]));

        // Zero for an example without elements.
        var isAny = Cast(g, Largest(Cast(g, isElement, OnnxElementType.Float)), OnnxElementType.Bool);
        return g.Add("Where", [isAny, largest, g.Floats("zero", 0)]);
    }

    /// <summary>A weight of 1 for the element behind which there is none.</summary>
    public static string LastElement(OnnxExport export, LastElement op)
    {
        var (g, sequence) = (export.Graph, op.Inputs[0].Rows.Sequence);
        var isLast = g.Add("Unsqueeze", [g.Add("Equal", [export.ElementsBehind(sequence), g.Integers(0)]), g.Integers(2)]);
        return WeightedSum(g, Cast(g, g.Add("And", [export.Sequence(sequence).IsElement, isLast]), OnnxElementType.Float), export.Of(op.Inputs[0]));
    }

    /// <summary>A matrix of 1 / (i + 1) up to the diagonal, times the elements.</summary>
    public static string CausalMean(OnnxExport export, CausalMean op)
    {
        var g = export.Graph;
        var before = Cast(g, export.IsBefore(op.Inputs[0].Rows.Sequence), OnnxElementType.Float);
        var weights = g.Add("Div", [before, g.Add("ReduceSum", [before, g.Integers(-1)], ("keepdims", 1L))]);
        return g.Add("MatMul", [weights, export.Of(op.Inputs[0])]);
    }

    /// <summary>Head by head; what comes later is set to the lowest float. Padding comes later than all elements.</summary>
    public static string CausalAttention(OnnxExport export, CausalAttention op)
    {
        var (g, d) = (export.Graph, op.Output.Width / op.Heads);
        var (before, lowest, scale) = (export.IsBefore(op.Output.Rows.Sequence), g.Floats("lowest", float.MinValue), g.Floats("scale", 1 / MathF.Sqrt(d)));
        var heads = new string[op.Heads];
        for (var head = 0; head < heads.Length; head++)
        {
            string Part(Node side) => heads.Length == 1 ? export.Of(side) : g.Add("Slice", [export.Of(side), g.Integers(head * d), g.Integers((head + 1) * d), g.Integers(-1)]);
            var keys = g.Add("Transpose", [Part(op.Inputs[1])], ("perm", new[] { 0L, 2L, 1L }));
            var likeness = g.Add("Mul", [g.Add("MatMul", [Part(op.Inputs[0]), keys]), scale]);
            var weights = g.Add("Softmax", [g.Add("Where", [before, likeness, lowest])], ("axis", -1L));
            heads[head] = g.Add("MatMul", [weights, Part(op.Inputs[2])]);
        }

        return heads.Length == 1 ? heads[0] : g.Add("Concat", heads, ("axis", -1L));
    }

    private static string Cast(OnnxGraphBuilder g, string x, OnnxElementType type) => g.Add("Cast", [x], ("to", (long)type));

    // n × length × 1 and n × length × d give n × d.
    private static string WeightedSum(OnnxGraphBuilder g, string weights, string elements)
    {
        var product = g.Add("MatMul", [g.Add("Transpose", [weights], ("perm", new[] { 0L, 2L, 1L })), elements]);
        return g.Add("Squeeze", [product, g.Integers(1)]);
    }
}
