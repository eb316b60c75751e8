using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>softmax(Q·Kᵀ / √d)·V within an example's elements, each looking at itself and those before it; in several heads (Vaswani et al. 2017).</summary>
internal sealed unsafe class CausalAttention(Node output, Node queries, Node keys, Node values, int heads, int maxLength) : Operator(output, queries, keys, values)
{
    private readonly int _d = output.Width / heads;

    /// <summary>Heads, which share the columns out.</summary>
    public int Heads => heads;

    /// <summary>The weights of each element for all before it, head after head.</summary>
    public override int ScratchWidth => heads * maxLength;

    public override string Settings => FormattableString.Invariant($"{heads}");

    public override void Forward(Workspace workspace)
    {
        var q = workspace.Values(Inputs[0]);
        var k = workspace.Values(Inputs[1]);
        var v = workspace.Values(Inputs[2]);
        var y = workspace.Values(Output);
        var weights = workspace.Scratch(this);
        var width = Output.Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var scale = 1 / MathF.Sqrt(_d);
        for (var example = 0; example < workspace.Count; example++)
        {
            var start = offsets[example];
            for (var row = start; row < offsets[example + 1]; row++)
            {
                new Span<float>(y + ((long)row * width), width).Clear();
                for (var head = 0; head < heads; head++)
                {
                    var column = head * _d;
                    var own = new Span<float>(weights + ((long)row * ScratchWidth) + (head * maxLength), row - start + 1);
                    var query = new ReadOnlySpan<float>(q + ((long)row * width) + column, _d);
                    for (var j = 0; j < own.Length; j++)
                    {
                        own[j] = scale * TensorPrimitives.Dot(query, new ReadOnlySpan<float>(k + ((long)(start + j) * width) + column, _d));
                    }

                    TensorPrimitives.Subtract(own, TensorPrimitives.Max<float>(own), own);
                    TensorPrimitives.Exp(own, own);
                    TensorPrimitives.Divide(own, TensorPrimitives.Sum<float>(own), own);
                    for (var j = 0; j < own.Length; j++)
                    {
                        MatrixMath.PutScaled(v + ((long)(start + j) * width) + column, own[j], y + ((long)row * width) + column, _d, adds: true);
                    }
                }
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var q = workspace.Values(Inputs[0]);
        var k = workspace.Values(Inputs[1]);
        var v = workspace.Values(Inputs[2]);
        var dy = workspace.Gradients(Output);
        var weights = workspace.Scratch(this);
        var width = Output.Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var rows = workspace.RowsOf(Output.Rows);
        var scale = 1 / MathF.Sqrt(_d);
        var dq = Start(workspace, 0, rows);
        var dk = Start(workspace, 1, rows);
        var dv = Start(workspace, 2, rows);
        Span<float> slopes = stackalloc float[maxLength];
        for (var example = 0; example < workspace.Count; example++)
        {
            var start = offsets[example];
            for (var row = start; row < offsets[example + 1]; row++)
            {
                for (var head = 0; head < heads; head++)
                {
                    var column = head * _d;
                    var own = new ReadOnlySpan<float>(weights + ((long)row * ScratchWidth) + (head * maxLength), row - start + 1);
                    var gradient = dy + ((long)row * width) + column;
                    var slope = slopes[..own.Length];
                    for (var j = 0; j < own.Length; j++)
                    {
                        var at = ((long)(start + j) * width) + column;
                        slope[j] = TensorPrimitives.Dot(new ReadOnlySpan<float>(gradient, _d), new ReadOnlySpan<float>(v + at, _d));
                        if (dv is not null)
                        {
                            MatrixMath.PutScaled(gradient, own[j], dv + at, _d, adds: true);
                        }
                    }

                    var mean = TensorPrimitives.Dot(own, slope);
                    for (var j = 0; j < own.Length; j++)
                    {
                        var at = ((long)(start + j) * width) + column;
                        var s = scale * own[j] * (slope[j] - mean);
                        if (dq is not null)
                        {
                            MatrixMath.PutScaled(k + at, s, dq + ((long)row * width) + column, _d, adds: true);
                        }

                        if (dk is not null)
                        {
                            MatrixMath.PutScaled(q + ((long)row * width) + column, s, dk + at, _d, adds: true);
                        }
                    }
                }
            }
        }
    }

    // Gradients to add to: of zeros, where this operator is the first to write them.
    private float* Start(Workspace workspace, int input, int rows)
    {
        if (!Inputs[input].HasGradient)
        {
            return null;
        }

        var gradients = workspace.Gradients(Inputs[input]);
        if (!Adds[input])
        {
            new Span<float>(gradients, rows * Output.Width).Clear();
        }

        return gradients;
    }
}
