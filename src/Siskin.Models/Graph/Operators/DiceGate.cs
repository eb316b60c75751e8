namespace Siskin.Models.Graph.Operators;

/// <summary>x·(α + (1 − α)·σ(n)): Dice (Zhou et al. 2018), where n is x normalised over the batch and α is learned for each column.</summary>
internal sealed unsafe class DiceGate(Node output, Node normal, Node input, Parameter slope) : Operator(output, normal, input)
{
    public override IReadOnlyList<Parameter> Parameters { get; } = [slope];

    /// <summary>α of each column.</summary>
    public Parameter Slope => slope;

    /// <summary>σ(n).</summary>
    public override int ScratchWidth => Output.Width;

    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var p = workspace.Scratch(this);
        var x = workspace.Values(Inputs[1]);
        var y = workspace.Values(Output);
        MatrixMath.Put(workspace.Values(Inputs[0]), p, rows * width, adds: false);
        MatrixMath.Activate(new Span<float>(p, rows * width), Activation.Sigmoid);
        for (var row = 0; row < rows; row++, x += width, y += width, p += width)
        {
            for (var i = 0; i < width; i++)
            {
                y[i] = x[i] * (slope.Values[i] + ((1 - slope.Values[i]) * p[i]));
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var p = workspace.Scratch(this);
        var x = workspace.Values(Inputs[1]);
        var dy = workspace.Gradients(Output);
        var dn = Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null;
        var dx = Inputs[1].HasGradient ? workspace.Gradients(Inputs[1]) : null;
        var da = workspace.Gradients(slope);
        for (var row = 0; row < rows; row++, x += width, dy += width, p += width)
        {
            for (var i = 0; i < width; i++)
            {
                var a = slope.Values[i];
                da[i] += dy[i] * x[i] * (1 - p[i]);
                if (dn is not null)
                {
                    var gradient = dy[i] * x[i] * (1 - a) * p[i] * (1 - p[i]);
                    dn[i] = Adds[0] ? dn[i] + gradient : gradient;
                }

                if (dx is not null)
                {
                    var gradient = dy[i] * (a + ((1 - a) * p[i]));
                    dx[i] = Adds[1] ? dx[i] + gradient : gradient;
                }
            }

            dn = dn is null ? null : dn + width;
            dx = dx is null ? null : dx + width;
        }
    }
}
