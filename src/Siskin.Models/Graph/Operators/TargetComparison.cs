using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Siskin.Models.Graph.Operators;

/// <summary>Each element e of a sequence beside its example's target t: [e, t, e − t, e ⊙ t], the input of DIN's attention (Zhou et al. 2018).</summary>
/// <param name="output">elements × 4d.</param>
/// <param name="elements">elements × d.</param>
/// <param name="target">examples × d.</param>
internal sealed unsafe class TargetComparison(Node output, Node elements, Node target) : Operator(output, elements, target)
{
    public override void Forward(Workspace workspace)
    {
        var d = Inputs[0].Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var e = workspace.Values(Inputs[0]);
        var t = workspace.Values(Inputs[1]);
        var y = workspace.Values(Output);
        for (var example = 0; example < workspace.Count; example++, t += d)
        {
            var other = new ReadOnlySpan<float>(t, d);
            for (var row = offsets[example]; row < offsets[example + 1]; row++, e += d, y += 4 * d)
            {
                var own = new ReadOnlySpan<float>(e, d);
                own.CopyTo(new Span<float>(y, d));
                other.CopyTo(new Span<float>(y + d, d));
                TensorPrimitives.Subtract(own, other, new Span<float>(y + (2 * d), d));
                TensorPrimitives.Multiply(own, other, new Span<float>(y + (3 * d), d));
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var d = Inputs[0].Width;
        var offsets = workspace.Offsets(Output.Rows.Sequence);
        var e = workspace.Values(Inputs[0]);
        var t = workspace.Values(Inputs[1]);
        var dy = workspace.Gradients(Output);
        var de = Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null;
        var dt = Inputs[1].HasGradient ? workspace.Gradients(Inputs[1]) : null;
        for (var example = 0; example < workspace.Count; example++, t += d)
        {
            if (dt is not null && !Adds[1])
            {
                new Span<float>(dt, d).Clear();
            }

            for (var row = offsets[example]; row < offsets[example + 1]; row++, e += d, dy += 4 * d)
            {
                if (de is not null)
                {
                    AddPart(dy, 1, dy + (2 * d), dy + (3 * d), t, de, d, Adds[0]);
                    de += d;
                }

                if (dt is not null)
                {
                    AddPart(dy + d, -1, dy + (2 * d), dy + (3 * d), e, dt, d, adds: true);
                }
            }

            dt = dt is null ? null : dt + d;
        }
    }

    // target (+)= whole + sign · difference + product ⊙ other.
    private static void AddPart(float* whole, float sign, float* difference, float* product, float* other, float* target, int d, bool adds)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= d; i += 16)
            {
                var sum = Vector512.Load(whole + i) + (Vector512.Load(difference + i) * sign);
                sum += Vector512.Load(product + i) * Vector512.Load(other + i);
                sum = adds ? sum + Vector512.Load(target + i) : sum;
                Vector512.Store(sum, target + i);
            }
        }

        for (; i < d; i++)
        {
            var sum = whole[i] + (sign * difference[i]) + (product[i] * other[i]);
            target[i] = adds ? target[i] + sum : sum;
        }
    }
}
