using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>The sum of each row.</summary>
internal sealed unsafe class RowSum(Node output, Node input) : Operator(output, input)
{
    public override void Forward(Workspace workspace)
    {
        var rows = workspace.RowsOf(Output.Rows);
        var width = Inputs[0].Width;
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        for (var row = 0; row < rows; row++)
        {
            y[row] = TensorPrimitives.Sum(new ReadOnlySpan<float>(x + ((long)row * width), width));
        }
    }

    public override void Backward(Workspace workspace)
    {
        var rows = workspace.RowsOf(Output.Rows);
        var width = Inputs[0].Width;
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        for (var row = 0; row < rows; row++)
        {
            var target = new Span<float>(dx + ((long)row * width), width);
            if (Adds[0])
            {
                TensorPrimitives.Add(target, dy[row], target);
            }
            else
            {
                target.Fill(dy[row]);
            }
        }
    }
}
