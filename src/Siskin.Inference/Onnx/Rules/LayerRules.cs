using Siskin.Models.Graph;
using Siskin.Models.Graph.Operators;

namespace Siskin.Inference.Onnx.Rules;

/// <summary>Layers with weights, norms and activations. All of them work on the last axis, so that rows may be examples or elements.</summary>
internal static class LayerRules
{
    public static string Dense(OnnxExport export, Dense op)
    {
        var y = export.Graph.Add("MatMul", [export.Of(op.Inputs[0]), export.Matrix(op.Weights)]);
        if (op.Bias is not null)
        {
            y = export.Graph.Add("Add", [y, export.Row(op.Bias)]);
        }

        return Activate(export.Graph, y, op.Activation);
    }

    public static string Activate(OnnxExport export, Activate op) => Activate(export.Graph, export.Of(op.Inputs[0]), op.Activation);

    public static string ParametricRelu(OnnxExport export, ParametricRelu op) => export.Graph.Add("PRelu", [export.Of(op.Inputs[0]), export.Row(op.Slope)]);

    /// <summary>x·(α + (1 − α)·σ(n)).</summary>
    public static string DiceGate(OnnxExport export, DiceGate op)
    {
        var g = export.Graph;
        var alpha = op.Slope.Span;
        var rest = new float[alpha.Length];
        for (var i = 0; i < rest.Length; i++)
        {
            rest[i] = 1 - alpha[i];
        }

        var gate = g.Add("Mul", [g.Add("Sigmoid", [export.Of(op.Inputs[0])]), g.Floats("rest", rest)]);
        return g.Add("Mul", [export.Of(op.Inputs[1]), g.Add("Add", [gate, export.Row(op.Slope)])]);
    }

    /// <summary>With running means; ONNX's own operator would take the second axis for columns.</summary>
    public static string BatchNorm(OnnxExport export, BatchNorm op)
    {
        var (g, width) = (export.Graph, op.Output.Width);
        var running = op.Running.Span;
        var factors = new float[width];
        for (var i = 0; i < width; i++)
        {
            factors[i] = (op.Scale is null ? 1 : op.Scale.Span[i]) / MathF.Sqrt(running[width + i] + Models.Graph.Operators.BatchNorm.Epsilon);
        }

        var centred = g.Add("Sub", [export.Of(op.Inputs[0]), g.Floats("mean", running[..width])]);
        var y = g.Add("Mul", [centred, g.Floats("factor", factors)]);
        return op.Shift is null ? y : g.Add("Add", [y, export.Row(op.Shift)]);
    }

    /// <summary>From primitives: LayerNormalization came with operator set 17.</summary>
    public static string LayerNorm(OnnxExport export, LayerNorm op)
    {
        var (g, x) = (export.Graph, export.Of(op.Inputs[0]));
        (string, object)[] columns = [("axes", new[] { -1L })];
        var centred = g.Add("Sub", [x, g.Add("ReduceMean", [x], columns)]);
        var variance = g.Add("ReduceMean", [g.Add("Mul", [centred, centred])], columns);
        var deviation = g.Add("Sqrt", [g.Add("Add", [variance, g.Floats("epsilon", Models.Graph.Operators.LayerNorm.Epsilon)])]);
        return g.Add("Add", [g.Add("Mul", [g.Add("Div", [centred, deviation]), export.Row(op.Scale)]), export.Row(op.Shift)]);
    }

    /// <summary>x / max(‖x‖, 10⁻¹²).</summary>
    public static string Normalize(OnnxExport export, Normalize op)
    {
        var (g, x) = (export.Graph, export.Of(op.Inputs[0]));
        var length = g.Add("Sqrt", [g.Add("ReduceSum", [g.Add("Mul", [x, x]), g.Integers(-1)], ("keepdims", 1L))]);
        return g.Add("Div", [x, g.Add("Max", [length, g.Floats("least", Models.Graph.Operators.Normalize.Least)])]);
    }

    /// <summary>Nothing: only training drops.</summary>
    public static string Dropout(OnnxExport export, Dropout op) => export.Of(op.Inputs[0]);

    private static string Activate(OnnxGraphBuilder g, string x, Activation activation) => activation switch
    {
        Activation.None => x,
        Activation.Relu => g.Add("Relu", [x]),
        Activation.Sigmoid => g.Add("Sigmoid", [x]),
        Activation.Tanh => g.Add("Tanh", [x]),
        _ => throw new NotSupportedException($"there is no ONNX rule for the activation {activation}"),
    };
}
