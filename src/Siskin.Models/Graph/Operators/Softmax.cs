using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>e^x / Σ e^x: over the columns of each row, or over an example's elements.</summary>
internal sealed unsafe class Softmax(Node output, Node input) : Operator(output, input)
{
    public override void Forward(Workspace workspace)
    {
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var runs = Runs(workspace, out var offsets);
        for (var run = 0; run < runs; run++)
        {
            var (start, length) = Run(offsets, run);
            if (length > 0)
            {
                // TensorPrimitives.SoftMax does not take the largest off first.
                var source = x + start;
                var target = y + start;
                var values = new Span<float>(target, length);
                TensorPrimitives.Subtract(new ReadOnlySpan<float>(source, length), TensorPrimitives.Max(new ReadOnlySpan<float>(source, length)), values);
                TensorPrimitives.Exp(values, values);
                TensorPrimitives.Divide(values, TensorPrimitives.Sum<float>(values), values);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var y = workspace.Values(Output);
        var dy = workspace.Gradients(Output);
        var dx = workspace.Gradients(Inputs[0]);
        var runs = Runs(workspace, out var offsets);
        for (var run = 0; run < runs; run++)
        {
            var (start, length) = Run(offsets, run);
            var dot = 0f;
            for (var i = start; i < start + length; i++)
            {
                dot += y[i] * dy[i];
            }

            for (var i = start; i < start + length; i++)
            {
                var gradient = y[i] * (dy[i] - dot);
                dx[i] = Adds[0] ? dx[i] + gradient : gradient;
            }
        }
    }

    // Rows of several columns are runs by themselves; single columns run over the elements of an example.
    private int Runs(Workspace workspace, out ReadOnlySpan<int> offsets)
    {
        offsets = Output.Width == 1 ? workspace.Offsets(Output.Rows.Sequence) : [];
        return Output.Width == 1 ? workspace.Count : workspace.RowsOf(Output.Rows);
    }

    private (int Start, int Length) Run(ReadOnlySpan<int> offsets, int run) =>
        Output.Width == 1 ? (offsets[run], offsets[run + 1] - offsets[run]) : (run * Output.Width, Output.Width);
}
