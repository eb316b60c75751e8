using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>−log σ(s·e) − log(1 − σ(s·ê)) of each state s with the element e after it and one ê that is not there (Zhou et al. 2019).</summary>
/// <remarks>A mean over an example's elements but the last, so that long histories count no more than short ones.</remarks>
/// <param name="states">elements × d.</param>
/// <param name="elements">elements × d.</param>
/// <param name="negatives">elements × d, as many as of the other sequence.</param>
/// <param name="weight">Of this loss among others.</param>
internal sealed unsafe class NextElementEntropy(Node states, Node elements, Node negatives, float weight) : LossTerm(states, elements, negatives)
{
    public override string Settings => FormattableString.Invariant($"{weight}");

    public override void Compute(Workspace workspace)
    {
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        if (!offsets.SequenceEqual(workspace.Offsets(Inputs[2].Rows.Sequence)))
        {
            var layout = workspace.Examples.Layout.Sequences;
            throw new ArgumentException($"an example has not as many ids in '{layout[Inputs[2].Rows.Sequence].Name}' as in '{layout[Inputs[0].Rows.Sequence].Name}'");
        }

        var d = Inputs[0].Width;
        foreach (var input in Inputs)
        {
            if (input.HasGradient)
            {
                new Span<float>(workspace.Gradients(input), offsets[^1] * d).Clear();
            }
        }

        var loss = 0.0;
        for (var example = 0; example < workspace.Count; example++)
        {
            var (first, last) = (offsets[example], offsets[example + 1] - 1);
            for (var row = first; row < last; row++)
            {
                var share = weight / (last - first);
                loss += share * Pair(workspace, row, 1, d, 1, share / workspace.BatchSize);
                loss += share * Pair(workspace, row, 2, d, 0, share / workspace.BatchSize);
            }
        }

        workspace.Loss += loss;
    }

    // −log σ(s·e), or −log σ(−s·e) for a label of 0, of a state and what is in the row after it.
    private float Pair(Workspace workspace, int row, int other, int d, float label, float share)
    {
        var s = workspace.Values(Inputs[0]) + ((nint)row * d);
        var e = workspace.Values(Inputs[other]) + ((nint)(row + 1) * d);
        var x = TensorPrimitives.Dot(new ReadOnlySpan<float>(s, d), new ReadOnlySpan<float>(e, d));
        var small = MathF.Exp(-MathF.Abs(x));
        var p = x >= 0 ? 1 / (1 + small) : small / (1 + small);
        if (Inputs[0].HasGradient)
        {
            MatrixMath.PutScaled(e, (p - label) * share, workspace.Gradients(Inputs[0]) + ((nint)row * d), d, adds: true);
        }

        if (Inputs[other].HasGradient)
        {
            MatrixMath.PutScaled(s, (p - label) * share, workspace.Gradients(Inputs[other]) + ((nint)(row + 1) * d), d, adds: true);
        }

        return MathF.Max(x, 0) - (x * label) + MathF.Log(1 + small);
    }
}
