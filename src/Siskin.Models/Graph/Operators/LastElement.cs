namespace Siskin.Models.Graph.Operators;

/// <summary>The row of an example's last element; zeros without any.</summary>
internal sealed unsafe class LastElement(Node output, Node elements) : Operator(output, elements)
{
    public override void Forward(Workspace workspace)
    {
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var width = Output.Width;
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        for (var example = 0; example < workspace.Count; example++, y += width)
        {
            if (offsets[example + 1] == offsets[example])
            {
                new Span<float>(y, width).Clear();
                continue;
            }

            MatrixMath.Put(x + ((long)(offsets[example + 1] - 1) * width), y, width, adds: false);
        }
    }

    public override void Backward(Workspace workspace)
    {
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        var width = Output.Width;
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        if (!Adds[0])
        {
            new Span<float>(dx, workspace.RowsOf(Inputs[0].Rows) * width).Clear();
        }

        for (var example = 0; example < workspace.Count; example++, dy += width)
        {
            if (offsets[example + 1] > offsets[example])
            {
                MatrixMath.Put(dy, dx + ((long)(offsets[example + 1] - 1) * width), width, adds: true);
            }
        }
    }
}
