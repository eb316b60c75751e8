namespace Siskin.Models.Graph.Operators;

/// <summary>The row of an example for each of its elements.</summary>
internal sealed unsafe class Repeat(Node output, Node input) : Operator(output, input)
{
    public override void Forward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        for (var example = 0; example < workspace.Count; example++, x += d)
        {
            for (var row = offsets[example]; row < offsets[example + 1]; row++, y += d)
            {
                MatrixMath.Put(x, y, d, adds: false);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        for (var example = 0; example < workspace.Count; example++, dx += d)
        {
            if (!Adds[0])
            {
                new Span<float>(dx, d).Clear();
            }

            for (var row = offsets[example]; row < offsets[example + 1]; row++, dy += d)
            {
                MatrixMath.Put(dy, dx, d, adds: true);
            }
        }
    }
}
