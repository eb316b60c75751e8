namespace Siskin.Models.Graph.Operators;

/// <summary>The logit of σ(a)·σ(b): −log(e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ).</summary>
internal sealed unsafe class ProbabilityProduct(Node output, Node a, Node b) : Operator(output, a, b)
{
    public override void Forward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        var a = workspace.Values(Inputs[0]);
        var b = workspace.Values(Inputs[1]);
        var y = workspace.Values(Output);
        for (var i = 0; i < count; i++)
        {
            var (first, second) = (-a[i], -b[i]);
            var both = first + second;
            var largest = MathF.Max(both, MathF.Max(first, second));
            y[i] = -largest - MathF.Log(MathF.Exp(first - largest) + MathF.Exp(second - largest) + MathF.Exp(both - largest));
        }
    }

    public override void Backward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        var dy = workspace.Gradients(Output);
        var y = workspace.Values(Output);
        for (var side = 0; side < 2; side++)
        {
            if (!Inputs[side].HasGradient)
            {
                continue;
            }

            // The share of the two terms with this side, e⁻ᵃ·(1 + e⁻ᵇ), in the sum e⁻ʸ; from logs, because each may overflow.
            var own = workspace.Values(Inputs[side]);
            var other = workspace.Values(Inputs[1 - side]);
            var dx = workspace.Gradients(Inputs[side]);
            for (var i = 0; i < count; i++)
            {
                var softplus = MathF.Max(-other[i], 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(other[i])));
                var gradient = dy[i] * MathF.Exp(y[i] - own[i] + softplus);
                dx[i] = Adds[side] ? dx[i] + gradient : gradient;
            }
        }
    }
}
