namespace Siskin.Models.Graph.Operators;

/// <summary>For each element the mean of it and those before it in its example.</summary>
internal sealed unsafe class CausalMean(Node output, Node elements) : Operator(output, elements)
{
    public override void Forward(Workspace workspace)
    {
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var width = Output.Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var sum = stackalloc float[width];
        for (var example = 0; example < workspace.Count; example++)
        {
            new Span<float>(sum, width).Clear();
            for (var row = offsets[example]; row < offsets[example + 1]; row++)
            {
                MatrixMath.Put(x + ((long)row * width), sum, width, adds: true);
                MatrixMath.PutScaled(sum, 1f / (row - offsets[example] + 1), y + ((long)row * width), width, adds: false);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        var width = Output.Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var sum = stackalloc float[width];
        for (var example = 0; example < workspace.Count; example++)
        {
            new Span<float>(sum, width).Clear();
            for (var row = offsets[example + 1] - 1; row >= offsets[example]; row--)
            {
                MatrixMath.PutScaled(dy + ((long)row * width), 1f / (row - offsets[example] + 1), sum, width, adds: true);
                MatrixMath.Put(sum, dx + ((long)row * width), width, Adds[0]);
            }
        }
    }
}
