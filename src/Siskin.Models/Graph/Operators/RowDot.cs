using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>The inner product of each row of a with the same row of b.</summary>
internal sealed unsafe class RowDot(Node output, Node a, Node b) : Operator(output, a, b)
{
    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Inputs[0].Width);
        var a = workspace.Values(Inputs[0]);
        var b = workspace.Values(Inputs[1]);
        var y = workspace.Values(Output);
        for (var row = 0; row < rows; row++, a += width, b += width)
        {
            y[row] = TensorPrimitives.Dot(new ReadOnlySpan<float>(a, width), new ReadOnlySpan<float>(b, width));
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Inputs[0].Width);
        var dy = workspace.Gradients(Output);
        for (var i = 0; i < 2; i++)
        {
            if (!Inputs[i].HasGradient)
            {
                continue;
            }

            var other = workspace.Values(Inputs[1 - i]);
            var dx = workspace.Gradients(Inputs[i]);
            for (var row = 0; row < rows; row++, other += width, dx += width)
            {
                MatrixMath.PutScaled(other, dy[row], dx, width, Adds[i]);
            }
        }
    }
}
