using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>γ ⊙ (x − mean) / √(variance + ε) + β of each row (Ba, Kiros and Hinton 2016).</summary>
internal sealed unsafe class LayerNorm(Node output, Node input, Parameter scale, Parameter shift) : Operator(output, input)
{
    public const float Epsilon = 1e-5f;

    public override IReadOnlyList<Parameter> Parameters { get; } = [scale, shift];

    /// <summary>γ of each column.</summary>
    public Parameter Scale => scale;

    /// <summary>β of each column.</summary>
    public Parameter Shift => shift;

    /// <summary>The normalised row, and 1 / √(variance + ε).</summary>
    public override int ScratchWidth => Output.Width + 1;

    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var kept = workspace.Scratch(this);
        for (var row = 0; row < rows; row++, x += width, y += width, kept += width + 1)
        {
            var values = new ReadOnlySpan<float>(x, width);
            var normal = new Span<float>(kept, width);
            var mean = TensorPrimitives.Sum(values) / width;
            TensorPrimitives.Subtract(values, mean, normal);
            var inverse = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(normal) / width) + Epsilon);
            kept[width] = inverse;
            TensorPrimitives.Multiply(normal, inverse, normal);
            TensorPrimitives.MultiplyAdd(normal, new ReadOnlySpan<float>(scale.Values, width), new ReadOnlySpan<float>(shift.Values, width), new Span<float>(y, width));
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Output.Width);
        var dy = workspace.Gradients(Output);
        var kept = workspace.Scratch(this);
        var dx = Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null;
        MatrixMath.AddColumnSums(dy, rows, width, workspace.Gradients(shift));
        var dScale = workspace.Gradients(scale);
        for (var row = 0; row < rows; row++, dy += width, kept += width + 1)
        {
            for (var i = 0; i < width; i++)
            {
                dScale[i] += dy[i] * kept[i];
            }

            if (dx is null)
            {
                continue;
            }

            // With g = γ ⊙ dy and n the normalised row: dx = (g − mean g − n · mean(g ⊙ n)) / deviation.
            var (sum, dot) = (0f, 0f);
            for (var i = 0; i < width; i++)
            {
                var g = scale.Values[i] * dy[i];
                sum += g;
                dot += g * kept[i];
            }

            for (var i = 0; i < width; i++)
            {
                var gradient = kept[width] * ((scale.Values[i] * dy[i]) - ((sum + (kept[i] * dot)) / width));
                dx[i] = Adds[0] ? dx[i] + gradient : gradient;
            }

            dx += width;
        }
    }
}
