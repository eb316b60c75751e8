using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>x / ‖x‖ of each row; a row of zeros stays one, and has the gradient zero.</summary>
internal sealed unsafe class Normalize(Node output, Node input) : Operator(output, input)
{
    /// <summary>The length that a shorter row is taken for.</summary>
    public const float Least = 1e-12f;

    /// <summary>1 / ‖x‖.</summary>
    public override int ScratchWidth => 1;

    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var inverses = workspace.Scratch(this);
        for (var row = 0; row < rows; row++, x += width, y += width)
        {
            var values = new ReadOnlySpan<float>(x, width);
            inverses[row] = 1 / MathF.Max(TensorPrimitives.Norm(values), Least);
            TensorPrimitives.Multiply(values, inverses[row], new Span<float>(y, width));
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var y = workspace.Values(Output);
        var dy = workspace.Gradients(Output);
        var dx = workspace.Gradients(Inputs[0]);
        var inverses = workspace.Scratch(this);
        for (var row = 0; row < rows; row++, y += width, dy += width, dx += width)
        {
            // dx = (dy − y · ⟨dy, y⟩) / ‖x‖; a row without a direction has none to learn.
            var inverse = inverses[row] < 1 / Least ? inverses[row] : 0;
            var dot = TensorPrimitives.Dot(new ReadOnlySpan<float>(dy, width), new ReadOnlySpan<float>(y, width));
            MatrixMath.PutScaled(dy, inverse, dx, width, Adds[0]);
            MatrixMath.PutScaled(y, -dot * inverse, dx, width, adds: true);
        }
    }
}
