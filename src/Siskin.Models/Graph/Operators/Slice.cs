namespace Siskin.Models.Graph.Operators;

/// <summary>Some columns that lie side by side.</summary>
internal sealed unsafe class Slice(Node output, Node input, int first) : Operator(output, input)
{
    /// <summary>The first column.</summary>
    public int First => first;

    public override string Settings => FormattableString.Invariant($"{first}");

    public override void Forward(Workspace workspace)
    {
        var (rows, width, wide) = (workspace.RowsOf(Output.Rows), Output.Width, Inputs[0].Width);
        var x = workspace.Values(Inputs[0]) + first;
        var y = workspace.Values(Output);
        for (var row = 0; row < rows; row++, x += wide, y += width)
        {
            MatrixMath.Put(x, y, width, adds: false);
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width, wide) = (workspace.RowsOf(Output.Rows), Output.Width, Inputs[0].Width);
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        if (!Adds[0])
        {
            new Span<float>(dx, rows * wide).Clear();
        }

        for (var row = 0; row < rows; row++, dx += wide, dy += width)
        {
            MatrixMath.Put(dy, dx + first, width, adds: true);
        }
    }
}
