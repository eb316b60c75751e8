using Siskin.Vectors.Lsh;

namespace Siskin.Models.Graph.Operators;

/// <summary>In training each number is zero with a probability, and those that stay are made larger by as much (Srivastava et al. 2014).</summary>
/// <param name="output">rows × columns.</param>
/// <param name="input">rows × columns.</param>
/// <param name="rate">The probability.</param>
/// <param name="seed">Of this operator.</param>
internal sealed unsafe class Dropout(Node output, Node input, float rate, ulong seed) : Operator(output, input)
{
    /// <summary>The factors, 0 or 1 / (1 − rate).</summary>
    public override int ScratchWidth => Output.Width;

    public override string Settings => FormattableString.Invariant($"{rate}");

    public override void Forward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        if (!workspace.IsTraining)
        {
            MatrixMath.Put(x, y, count, adds: false);
            return;
        }

        // The same numbers for the same examples of the same step, however the batch is divided into blocks of equal starts.
        var random = new SeededRandom(SeededRandom.Mix(seed ^ ((ulong)workspace.Step << 24) ^ (uint)workspace.First));
        var (limit, factor) = ((uint)(rate * 65536), 1 / (1 - rate));
        var factors = workspace.Scratch(this);
        for (var i = 0; i < count;)
        {
            for (var bits = random.NextUInt64(); i < count; bits >>= 16)
            {
                factors[i] = (bits & 0xFFFF) < limit ? 0 : factor;
                y[i] = x[i] * factors[i];
                i++;
                if ((i & 3) == 0)
                {
                    break;
                }
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var count = workspace.RowsOf(Output.Rows) * Output.Width;
        var factors = workspace.Scratch(this);
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        for (var i = 0; i < count; i++)
        {
            dx[i] = (Adds[0] ? dx[i] : 0) + (dy[i] * factors[i]);
        }
    }
}
