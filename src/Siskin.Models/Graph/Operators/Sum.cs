namespace Siskin.Models.Graph.Operators;

/// <summary>The sum of nodes of one shape.</summary>
internal sealed unsafe class Sum(Node output, Node[] inputs) : Operator(output, inputs)
{
    public override void Forward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        for (var i = 0; i < Inputs.Length; i++)
        {
            MatrixMath.Put(workspace.Values(Inputs[i]), workspace.Values(Output), count, adds: i > 0);
        }
    }

    public override void Backward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        for (var i = 0; i < Inputs.Length; i++)
        {
            if (Inputs[i].HasGradient)
            {
                MatrixMath.Put(workspace.Gradients(Output), workspace.Gradients(Inputs[i]), count, Adds[i]);
            }
        }
    }
}
