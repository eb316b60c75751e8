using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>The sum of an example's elements, each times its weight.</summary>
/// <param name="output">examples × d.</param>
/// <param name="weights">elements × 1.</param>
/// <param name="elements">elements × d.</param>
internal sealed unsafe class WeightedPool(Node output, Node weights, Node elements) : Operator(output, weights, elements)
{
    public override void Forward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Inputs[1].Rows.Sequence);
        var w = workspace.Values(Inputs[0]);
        var e = workspace.Values(Inputs[1]);
        var y = workspace.Values(Output);
        for (var example = 0; example < workspace.Count; example++, y += d)
        {
            var sums = new Span<float>(y, d);
            sums.Clear();
            for (var row = offsets[example]; row < offsets[example + 1]; row++)
            {
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(e + ((long)row * d), d), w[row], sums, sums);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Inputs[1].Rows.Sequence);
        var w = workspace.Values(Inputs[0]);
        var e = workspace.Values(Inputs[1]);
        var dy = workspace.Gradients(Output);
        var dw = Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null;
        var de = Inputs[1].HasGradient ? workspace.Gradients(Inputs[1]) : null;
        for (var example = 0; example < workspace.Count; example++, dy += d)
        {
            var gradient = new ReadOnlySpan<float>(dy, d);
            for (var row = offsets[example]; row < offsets[example + 1]; row++)
            {
                if (dw is not null)
                {
                    var dot = TensorPrimitives.Dot(new ReadOnlySpan<float>(e + ((long)row * d), d), gradient);
                    dw[row] = Adds[0] ? dw[row] + dot : dot;
                }

                if (de is not null)
                {
                    MatrixMath.PutScaled(dy, w[row], de + ((long)row * d), d, Adds[1]);
                }
            }
        }
    }
}
