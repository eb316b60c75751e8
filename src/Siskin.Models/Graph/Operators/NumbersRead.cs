namespace Siskin.Models.Graph.Operators;

/// <summary>The numbers of the examples.</summary>
internal sealed unsafe class NumbersRead(Node output) : Operator(output)
{
    public override void Forward(Workspace workspace)
    {
        var numbers = workspace.Examples.Numbers;
        var width = Output.Width;
        var y = workspace.Values(Output);
        foreach (var row in workspace.Rows)
        {
            numbers.AsSpan(checked(row * width), width).CopyTo(new Span<float>(y, width));
            y += width;
        }
    }

    public override void Backward(Workspace workspace)
    {
    }
}
