using Siskin.Models.Graph.Operators;

namespace Siskin.Inference.Onnx.Rules;

/// <summary>Operators without weights that work within each row. Rows may be examples or elements.</summary>
internal static class RowRules
{
    public static string Concat(OnnxExport export, Concat op) => export.Graph.Add("Concat", Array.ConvertAll(op.Inputs, export.Of), ("axis", -1L));

    public static string Slice(OnnxExport export, Slice op)
    {
        if (export.MakerOf(op.Inputs[0]) is NumbersRead)
        {
            return InputRules.Numbers(export, op.First, op.Output.Width);
        }

        var g = export.Graph;
        return g.Add("Slice", [export.Of(op.Inputs[0]), g.Integers(op.First), g.Integers(op.First + op.Output.Width), g.Integers(-1)]);
    }

    public static string Sum(OnnxExport export, Sum op) => export.Graph.Add("Sum", Array.ConvertAll(op.Inputs, export.Of));

    public static string Multiply(OnnxExport export, Multiply op) => export.Graph.Add("Mul", [export.Of(op.Inputs[0]), export.Of(op.Inputs[1])]);

    public static string Scale(OnnxExport export, Scale op) => export.Graph.Add("Mul", [export.Of(op.Inputs[0]), export.Graph.Floats("factor", op.Factor)]);

    public static string RowSum(OnnxExport export, RowSum op) => Total(export.Graph, export.Of(op.Inputs[0]));

    public static string RowDot(OnnxExport export, RowDot op) =>
        Total(export.Graph, export.Graph.Add("Mul", [export.Of(op.Inputs[0]), export.Of(op.Inputs[1])]));

    /// <summary>½·Σ[(Σ v)² − Σ v²].</summary>
    public static string FactorizationMachine(OnnxExport export, FactorizationMachine op)
    {
        var (g, x) = (export.Graph, export.Of(op.Inputs[0]));
        var fields = Parts(export, op, op.Inputs[0].Width / op.Dimensions, op.Dimensions);
        var sum = g.Add("ReduceSum", [fields, g.Integers(-2)], ("keepdims", 0L));
        var difference = g.Add("Sub", [Total(g, g.Add("Mul", [sum, sum])), Total(g, g.Add("Mul", [x, x]))]);
        return g.Add("Mul", [difference, g.Floats("half", 0.5f)]);
    }

    /// <summary>The vectors of all pairs of fields side by side, once towards the one, once towards the other.</summary>
    public static string FieldAwareMachine(OnnxExport export, FieldAwareMachine op)
    {
        var (g, x, fields) = (export.Graph, export.Of(op.Inputs[0]), op.Fields);
        var k = op.Inputs[0].Width / fields / fields;
        var (left, right) = (new List<long>(), new List<long>());
        for (var i = 0; i < fields; i++)
        {
            for (var j = i + 1; j < fields; j++)
            {
                for (var d = 0; d < k; d++)
                {
                    left.Add((((i * fields) + j) * k) + d);
                    right.Add((((j * fields) + i) * k) + d);
                }
            }
        }

        string Pick(List<long> columns) => g.Add("Gather", [x, g.Integers([.. columns])], ("axis", -1L));
        return Total(g, g.Add("Mul", [Pick(left), Pick(right)]));
    }

    /// <summary>gates, 1 × experts, times the experts' outputs, experts × d.</summary>
    public static string Mixture(OnnxExport export, Mixture op)
    {
        var g = export.Graph;
        var gates = g.Add("Unsqueeze", [export.Of(op.Inputs[0]), g.Integers(-2)]);
        var experts = Parts(export, op, op.Inputs[0].Width, op.Output.Width, input: 1);
        return g.Add("Squeeze", [g.Add("MatMul", [gates, experts]), g.Integers(-2)]);
    }

    /// <summary>−log(e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ), the largest exponent taken off first.</summary>
    public static string ProbabilityProduct(OnnxExport export, ProbabilityProduct op)
    {
        var g = export.Graph;
        string[] sides = [g.Add("Neg", [export.Of(op.Inputs[0])]), g.Add("Neg", [export.Of(op.Inputs[1])])];
        string[] exponents = [.. sides, g.Add("Add", sides)];
        var largest = g.Add("Max", exponents);
        var sum = g.Add("Sum", Array.ConvertAll(exponents, exponent => g.Add("Exp", [g.Add("Sub", [exponent, largest])])));
        return g.Add("Neg", [g.Add("Add", [largest, g.Add("Log", [sum])])]);
    }

    // The sum over the last axis, which stays.
    private static string Total(OnnxGraphBuilder g, string x) => g.Add("ReduceSum", [x, g.Integers(-1)], ("keepdims", 1L));

    // The columns of an input as parts × width. A 0 keeps the size that is there.
    private static string Parts(OnnxExport export, Models.Graph.Operator op, int parts, int width, int input = 0)
    {
        var node = op.Inputs[input];
        var shape = node.Rows.IsExamples ? export.Graph.Integers(0, parts, width) : export.Graph.Integers(0, 0, parts, width);
        return export.Graph.Add("Reshape", [export.Of(node), shape]);
    }
}
