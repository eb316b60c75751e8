using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>The sum of experts' outputs, each times its gate (Ma et al. 2018).</summary>
/// <param name="output">rows × d.</param>
/// <param name="gates">rows × experts.</param>
/// <param name="experts">rows × (experts · d), expert after expert.</param>
internal sealed unsafe class Mixture(Node output, Node gates, Node experts) : Operator(output, gates, experts)
{
    public override void Forward(Workspace workspace)
    {
        var (rows, d, count) = (workspace.RowsOf(Output.Rows), Output.Width, Inputs[0].Width);
        var g = workspace.Values(Inputs[0]);
        var e = workspace.Values(Inputs[1]);
        var y = workspace.Values(Output);
        for (var row = 0; row < rows; row++, y += d)
        {
            for (var i = 0; i < count; i++, g++, e += d)
            {
                MatrixMath.PutScaled(e, *g, y, d, adds: i > 0);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, d, count) = (workspace.RowsOf(Output.Rows), Output.Width, Inputs[0].Width);
        var g = workspace.Values(Inputs[0]);
        var e = workspace.Values(Inputs[1]);
        var dy = workspace.Gradients(Output);
        var dg = Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null;
        var de = Inputs[1].HasGradient ? workspace.Gradients(Inputs[1]) : null;
        for (var row = 0; row < rows; row++, dy += d)
        {
            for (var i = row * count; i < (row + 1) * count; i++)
            {
                if (dg is not null)
                {
                    var dot = TensorPrimitives.Dot(new ReadOnlySpan<float>(e + ((long)i * d), d), new ReadOnlySpan<float>(dy, d));
                    dg[i] = Adds[0] ? dg[i] + dot : dot;
                }

                if (de is not null)
                {
                    MatrixMath.PutScaled(dy, g[i], de + ((long)i * d), d, Adds[1]);
                }
            }
        }
    }
}
