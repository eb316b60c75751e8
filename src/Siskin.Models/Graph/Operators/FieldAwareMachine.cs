using System.Numerics.Tensors;

namespace Siskin.Models.Graph.Operators;

/// <summary>Σ over pairs of fields i &lt; j of ⟨v of i towards j, v of j towards i⟩ (Juan et al. 2016).</summary>
/// <param name="output">rows × 1.</param>
/// <param name="input">rows × (fields · fields · k): of each field its vectors towards all fields.</param>
/// <param name="fields">Fields.</param>
internal sealed unsafe class FieldAwareMachine(Node output, Node input, int fields) : Operator(output, input)
{
    public int Fields => fields;

    public override void Forward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Inputs[0].Width);
        var k = width / fields / fields;
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        for (var row = 0; row < rows; row++, x += width)
        {
            var sum = 0f;
            for (var i = 0; i < fields; i++)
            {
                for (var j = i + 1; j < fields; j++)
                {
                    sum += TensorPrimitives.Dot(new ReadOnlySpan<float>(x + (((i * fields) + j) * k), k), new ReadOnlySpan<float>(x + (((j * fields) + i) * k), k));
                }
            }

            y[row] = sum;
        }
    }

    public override void Backward(Workspace workspace)
    {
        var (rows, width) = (workspace.RowsOf(Output.Rows), Inputs[0].Width);
        var k = width / fields / fields;
        var x = workspace.Values(Inputs[0]);
        var dx = workspace.Gradients(Inputs[0]);
        var dy = workspace.Gradients(Output);
        for (var row = 0; row < rows; row++, x += width, dx += width)
        {
            for (var i = 0; i < fields; i++)
            {
                // A field has no product with itself: factor 0.
                for (var j = 0; j < fields; j++)
                {
                    MatrixMath.PutScaled(x + (((j * fields) + i) * k), i == j ? 0 : dy[row], dx + (((i * fields) + j) * k), k, Adds[0]);
                }
            }
        }
    }
}
