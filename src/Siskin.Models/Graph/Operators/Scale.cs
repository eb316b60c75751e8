using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>x times a constant.</summary>
internal sealed unsafe class Scale(Node output, Node input, float factor) : Operator(output, input)
{
    public float Factor => factor;

    public override string Settings => FormattableString.Invariant($"{factor}");

    public override void Forward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        TensorPrimitives.Multiply(new ReadOnlySpan<float>(workspace.Values(Inputs[0]), count), factor, new Span<float>(workspace.Values(Output), count));
    }

    public override void Backward(Workspace workspace) =>
        MatrixMath.PutScaled(workspace.Gradients(Output), factor, workspace.Gradients(Inputs[0]), workspace.RowsOf(Output.Rows) * Output.Width, Adds[0]);
}
