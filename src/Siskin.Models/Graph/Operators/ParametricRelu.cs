using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Operators;

/// <summary>x where it is above zero, α·x below, with an α learned for each column (He et al. 2015).</summary>
internal sealed unsafe class ParametricRelu(Node output, Node input, Parameter slope) : Operator(output, input)
{
    public override IReadOnlyList<Parameter> Parameters { get; } = [slope];

    /// <summary>α of each column.</summary>
    public Parameter Slope => slope;

    public override void Forward(Workspace workspace)
    {
        var rows = workspace.RowsOf(Output.Rows);
        var width = Output.Width;
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        for (var row = 0; row < rows; row++, x += width, y += width)
        {
            var i = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                for (; i + 16 <= width; i += 16)
                {
                    var value = Vector512.Load(x + i);
                    Vector512.ConditionalSelect(Vector512.GreaterThan(value, Vector512<float>.Zero), value, value * Vector512.Load(slope.Values + i)).Store(y + i);
                }
            }

            for (; i < width; i++)
            {
                y[i] = x[i] > 0 ? x[i] : x[i] * slope.Values[i];
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var rows = workspace.RowsOf(Output.Rows);
        var width = Output.Width;
        var x = workspace.Values(Inputs[0]);
        var dy = workspace.Gradients(Output);
        var dx = Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null;
        var da = workspace.Gradients(slope);
        for (var row = 0; row < rows; row++, x += width, dy += width)
        {
            var i = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                for (; i + 16 <= width; i += 16)
                {
                    var (value, gradient) = (Vector512.Load(x + i), Vector512.Load(dy + i));
                    var above = Vector512.GreaterThan(value, Vector512<float>.Zero);
                    (Vector512.Load(da + i) + Vector512.ConditionalSelect(above, Vector512<float>.Zero, gradient * value)).Store(da + i);
                    if (dx is not null)
                    {
                        var sum = Vector512.ConditionalSelect(above, gradient, gradient * Vector512.Load(slope.Values + i));
                        (Adds[0] ? sum + Vector512.Load(dx + i) : sum).Store(dx + i);
                    }
                }
            }

            for (; i < width; i++)
            {
                da[i] += x[i] > 0 ? 0 : dy[i] * x[i];
                if (dx is not null)
                {
                    var sum = x[i] > 0 ? dy[i] : dy[i] * slope.Values[i];
                    dx[i] = Adds[0] ? dx[i] + sum : sum;
                }
            }

            dx = dx is null ? null : dx + width;
        }
    }
}
