using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>The largest number of each column among an example's elements; zero without any. Of equal ones the first has the gradient.</summary>
internal sealed unsafe class MaxPool(Node output, Node elements) : Operator(output, elements)
{
    /// <summary>Gradients that are still to be given to an element.</summary>
    public override int ScratchWidth => Output.Width;

    public override void Forward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        var e = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        for (var example = 0; example < workspace.Count; example++, y += d)
        {
            var largest = new Span<float>(y, d);
            if (offsets[example] == offsets[example + 1])
            {
                largest.Clear();
                continue;
            }

            MatrixMath.Put(e + ((nint)offsets[example] * d), y, d, adds: false);
            for (var row = offsets[example] + 1; row < offsets[example + 1]; row++)
            {
                TensorPrimitives.Max(largest, new ReadOnlySpan<float>(e + ((nint)row * d), d), largest);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        var e = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var de = workspace.Gradients(Inputs[0]);
        var left = workspace.Scratch(this);
        MatrixMath.Put(workspace.Gradients(Output), left, workspace.Count * d, adds: false);
        for (var example = 0; example < workspace.Count; example++, y += d, left += d)
        {
            for (var i = (nint)offsets[example] * d; i < (nint)offsets[example + 1] * d; i += d)
            {
                for (var column = 0; column < d; column++)
                {
                    var gradient = 0f;
                    if (e[i + column] == y[column])
                    {
                        (gradient, left[column]) = (left[column], 0);
                    }

                    de[i + column] = Adds[0] ? de[i + column] + gradient : gradient;
                }
            }
        }
    }
}
