namespace Siskin.Models.Graph.Operators;

/// <summary>−[y·log σ(x) + (1 − y)·log(1 − σ(x))] of a logit and a label, times a weight.</summary>
/// <param name="logit">rows × 1.</param>
/// <param name="label">Number of the label.</param>
/// <param name="weight">Of this loss among others.</param>
internal sealed unsafe class BinaryCrossEntropy(Node logit, int label, float weight) : LossTerm(logit)
{
    public override IReadOnlyList<int> BinaryLabels => [label];

    public override string Settings => FormattableString.Invariant($"label {label} × {weight}");

    public override void Compute(Workspace workspace)
    {
        var x = workspace.Values(Inputs[0]);
        var dx = workspace.Gradients(Inputs[0]);
        var labels = workspace.Examples.Labels;
        var labelCount = workspace.Examples.Layout.Labels.Count;
        var share = weight / workspace.BatchSize;
        var loss = 0.0;
        for (var i = 0; i < workspace.Count; i++)
        {
            var y = labels[((long)workspace.Rows[i] * labelCount) + label];

            // log(1 + e^x) without overflow.
            var small = MathF.Exp(-MathF.Abs(x[i]));
            var p = x[i] >= 0 ? 1 / (1 + small) : small / (1 + small);
            loss += MathF.Max(x[i], 0) - (x[i] * y) + MathF.Log(1 + small);
            dx[i] = (p - y) * share;
        }

        workspace.Loss += loss * weight;
    }
}
