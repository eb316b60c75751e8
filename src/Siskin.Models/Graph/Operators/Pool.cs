namespace Siskin.Models.Graph.Operators;

/// <summary>The sum or the mean of an example's elements; zero without any.</summary>
internal sealed unsafe class Pool(Node output, Node elements, bool isMean) : Operator(output, elements)
{
    /// <summary>Whether it is the mean, not the sum.</summary>
    public bool IsMean => isMean;

    public override string Settings => $"{isMean}";

    public override void Forward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        var e = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        for (var example = 0; example < workspace.Count; example++, y += d)
        {
            new Span<float>(y, d).Clear();
            var share = Share(offsets, example);
            for (var row = offsets[example]; row < offsets[example + 1]; row++)
            {
                MatrixMath.PutScaled(e + ((long)row * d), share, y, d, adds: true);
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var d = Output.Width;
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        var de = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        for (var example = 0; example < workspace.Count; example++, dy += d)
        {
            var share = Share(offsets, example);
            for (var row = offsets[example]; row < offsets[example + 1]; row++)
            {
                MatrixMath.PutScaled(dy, share, de + ((long)row * d), d, Adds[0]);
            }
        }
    }

    private float Share(ReadOnlySpan<int> offsets, int example) => isMean ? 1f / Math.Max(1, offsets[example + 1] - offsets[example]) : 1;
}
