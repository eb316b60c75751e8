namespace Siskin.Models.Graph.Operators;

/// <summary>Nodes of the same rows side by side.</summary>
internal sealed unsafe class Concat(Node output, Node[] inputs) : Operator(output, inputs)
{
    public override void Forward(Workspace workspace)
    {
        var (rows, width, column) = (workspace.RowsOf(Output.Rows), Output.Width, 0);
        var y = workspace.Values(Output);
        foreach (var input in Inputs)
        {
            var x = workspace.Values(input);
            for (var row = 0; row < rows; row++)
            {
                MatrixMath.Put(x + ((long)row * input.Width), y + ((long)row * width) + column, input.Width, adds: false);
            }

            column += input.Width;
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width, column) = (workspace.RowsOf(Output.Rows), Output.Width, 0);
        var dy = workspace.Gradients(Output);
        for (var i = 0; i < Inputs.Length; i++)
        {
            var input = Inputs[i];
            if (input.HasGradient)
            {
                var dx = workspace.Gradients(input);
                for (var row = 0; row < rows; row++)
                {
                    MatrixMath.Put(dy + ((long)row * width) + column, dx + ((long)row * input.Width), input.Width, Adds[i]);
                }
            }

            column += input.Width;
        }
    }
}
