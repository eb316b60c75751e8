namespace Siskin.Models.Graph.Operators;

/// <summary>f(x).</summary>
internal sealed unsafe class Activate(Node output, Node input, Activation activation) : Operator(output, input)
{
    public Activation Activation => activation;

    public override string Settings => $"{activation}";

    public override void Forward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        MatrixMath.Put(workspace.Values(Inputs[0]), workspace.Values(Output), count, adds: false);
        MatrixMath.Activate(new Span<float>(workspace.Values(Output), count), activation);
    }

    public override void Backward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        MatrixMath.TimesSlope(workspace.Gradients(Output), workspace.Values(Output), count, activation);
        MatrixMath.Put(workspace.Gradients(Output), workspace.Gradients(Inputs[0]), count, Adds[0]);
    }
}
