using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Operators;

/// <summary>The products of all pairs of fields' embeddings, ½·Σ[(Σ v)² − Σ v²] (Rendle 2010).</summary>
/// <param name="output">rows × 1.</param>
/// <param name="input">rows × (fields × dimensions), field after field.</param>
/// <param name="dimensions">d.</param>
internal sealed unsafe class FactorizationMachine(Node output, Node input, int dimensions) : Operator(output, input)
{
    /// <summary>Numbers of an embedding, d.</summary>
    public int Dimensions => dimensions;

    /// <summary>Σ v of each row.</summary>
    public override int ScratchWidth => dimensions;

    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Inputs[0].Width);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var sums = workspace.Scratch(this);
        for (var row = 0; row < rows; row++, x += width, sums += dimensions)
        {
            var (total, d) = (0f, 0);
            if (Vector512.IsHardwareAccelerated)
            {
                var difference = Vector512<float>.Zero;
                for (; d + 16 <= dimensions; d += 16)
                {
                    var (sum, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
                    for (var field = d; field < width; field += dimensions)
                    {
                        var v = Vector512.Load(x + field);
                        sum += v;
                        squares = Vector512.FusedMultiplyAdd(v, v, squares);
                    }

                    sum.Store(sums + d);
                    difference += (sum * sum) - squares;
                }

                total = Vector512.Sum(difference);
            }

            for (; d < dimensions; d++)
            {
                var (sum, squares) = (0f, 0f);
                for (var field = d; field < width; field += dimensions)
                {
                    sum += x[field];
                    squares += x[field] * x[field];
                }

                sums[d] = sum;
                total += (sum * sum) - squares;
            }

            y[row] = 0.5f * total;
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Inputs[0].Width);
        var x = workspace.Values(Inputs[0]);
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        var sums = workspace.Scratch(this);
        for (var row = 0; row < rows; row++, x += width, dx += width, sums += dimensions)
        {
            var d = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                for (; d + 16 <= dimensions; d += 16)
                {
                    var sum = Vector512.Load(sums + d);
                    for (var field = d; field < width; field += dimensions)
                    {
                        var gradient = (sum - Vector512.Load(x + field)) * dy[row];
                        (Adds[0] ? gradient + Vector512.Load(dx + field) : gradient).Store(dx + field);
                    }
                }
            }

            for (; d < dimensions; d++)
            {
                for (var field = d; field < width; field += dimensions)
                {
                    var gradient = (sums[d] - x[field]) * dy[row];
                    dx[field] = Adds[0] ? dx[field] + gradient : gradient;
                }
            }
        }
    }
}
