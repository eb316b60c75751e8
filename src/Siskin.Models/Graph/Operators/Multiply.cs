using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>a ⊙ b.</summary>
internal sealed unsafe class Multiply(Node output, Node a, Node b) : Operator(output, a, b)
{
    public override void Forward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        TensorPrimitives.Multiply(Span(workspace.Values(Inputs[0]), count), Span(workspace.Values(Inputs[1]), count), Span(workspace.Values(Output), count));
    }

    public override void Backward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        for (var i = 0; i < 2; i++)
        {
            if (!Inputs[i].HasGradient)
            {
                continue;
            }

            var other = Span(workspace.Values(Inputs[1 - i]), count);
            var target = Span(workspace.Gradients(Inputs[i]), count);
            if (Adds[i])
            {
                TensorPrimitives.MultiplyAdd(Span(workspace.Gradients(Output), count), other, target, target);
            }
            else
            {
                TensorPrimitives.Multiply(Span(workspace.Gradients(Output), count), other, target);
            }
        }
    }

    private static Span<float> Span(float* pointer, int count) => new(pointer, count);
}
