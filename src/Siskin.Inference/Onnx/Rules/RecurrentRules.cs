using Siskin.Models.Graph.Operators;

namespace Siskin.Inference.Onnx.Rules;

/// <summary>Operators that go through the elements one after the other.</summary>
internal static class RecurrentRules
{
    /// <summary>r = σ(x·Wᵣ + bᵣ + h·Uᵣ + cᵣ), z alike, n = tanh(x·Wₙ + bₙ + r ⊙ (h·Uₙ + cₙ)), h′ = h + a·(1 − z) ⊙ (n − h).</summary>
    /// <remarks>ONNX's own GRU has no weights a of elements; with a loop both forms are one.</remarks>
    public static string Gru(OnnxExport export, Gru op)
    {
        var (g, width) = (export.Graph, op.Output.Width);
        var parts = g.Integers(width, width, width);
        var (recurrent, bias, one) = (export.Matrix(op.Recurrent), export.Row(op.RecurrentBias), g.Floats("one", 1));

        // What needs no state is one product for all elements.
        var inputs = g.Add("Add", [g.Add("MatMul", [export.Of(op.Inputs[0]), export.Matrix(op.Input)]), export.Row(op.InputBias)]);
        string[] elements = op.Inputs.Length > 1 ? [inputs, export.Of(op.Inputs[1])] : [inputs];
        var start = export.ToExamples(g.Floats("start", new float[width]), width);
        return export.Recur(op.Output.Rows.Sequence, start, width, elements, (body, before, rows) =>
        {
            string[] Split(string x) => body.Add("Split", [x, parts], [.. "rzn".Select(gate => body.Unique($"{body.Scope}/{gate}"))], ("axis", -1L));
            var x = Split(rows[0]);
            var h = Split(body.Add("Add", [body.Add("MatMul", [before, recurrent]), bias]));
            var reset = body.Add("Sigmoid", [body.Add("Add", [x[0], h[0]])]);
            var update = body.Add("Sub", [one, body.Add("Sigmoid", [body.Add("Add", [x[1], h[1]])])]);
            update = rows.Length > 1 ? body.Add("Mul", [update, rows[1]]) : update;
            var candidate = body.Add("Tanh", [body.Add("Add", [x[2], body.Add("Mul", [reset, h[2]])])]);
            return body.Add("Add", [before, body.Add("Mul", [update, body.Add("Sub", [candidate, before])])]);
        }).All;
    }
}
