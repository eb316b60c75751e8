using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Graph.Operators;

/// <summary>A gated recurrent unit over the elements of each example, with or without a weight for each element.</summary>
/// <remarks>
/// <para>
/// r = σ(x·Wᵣ + bᵣ + h·Uᵣ + cᵣ), z = σ(x·W_z + b_z + h·U_z + c_z), n = tanh(x·Wₙ + bₙ + r ⊙ (h·Uₙ + cₙ)), and the next state is
/// h + g ⊙ (n − h) with g = a·(1 − z): Cho et al. 2014 as torch.nn.GRU has it where a is 1, AUGRU (Zhou et al. 2019, whose update
/// gate is 1 − z) where a is the weight of the element. Columns of W, U, b and c are those of r, z and n in this order.
/// </para>
/// <para>
/// Rows are put in the order of time first. One product then gives x·W of the whole block, one per step h·U of all examples
/// that have an element in it, and the gradients of W and U are one product each again.
/// </para>
/// </remarks>
internal sealed unsafe class Gru : Operator
{
    private readonly PackedParameter _input;
    private readonly PackedParameter _recurrent;
    private readonly Parameter _inputBias;
    private readonly Parameter _recurrentBias;

    /// <param name="output">elements × h.</param>
    /// <param name="elements">elements × d.</param>
    /// <param name="weights">elements × 1, or null.</param>
    /// <param name="input">W, d × 3h.</param>
    /// <param name="recurrent">U, h × 3h.</param>
    /// <param name="inputBias">b, 1 × 3h.</param>
    /// <param name="recurrentBias">c, 1 × 3h.</param>
    public Gru(Node output, Node elements, Node? weights, Parameter input, Parameter recurrent, Parameter inputBias, Parameter recurrentBias)
        : base(output, weights is null ? [elements] : [elements, weights])
    {
        (_input, _recurrent) = (new PackedParameter(input, elements.HasGradient), new PackedParameter(recurrent, isTransposed: true));
        (_inputBias, _recurrentBias) = (inputBias, recurrentBias);
        Parameters = [input, recurrent, inputBias, recurrentBias];
    }

    /// <summary>W, U, b and c.</summary>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>In the order of time: x, gates (3h), products with the state (3h), the state before, and its gradient.</summary>
    public override int ScratchWidth => Inputs[0].Width + (8 * Output.Width);

    /// <summary>W, d × 3h, columns in the order r, z, n.</summary>
    public Parameter Input => _input.Parameter;

    /// <summary>U, h × 3h.</summary>
    public Parameter Recurrent => _recurrent.Parameter;

    /// <summary>b, 1 × 3h.</summary>
    public Parameter InputBias => _inputBias;

    /// <summary>c, 1 × 3h.</summary>
    public Parameter RecurrentBias => _recurrentBias;

    private Node? Weights => Inputs.Length > 1 ? Inputs[1] : null;

    public override void Prepare(int part, int parts)
    {
        _input.Prepare(part, parts);
        _recurrent.Prepare(part, parts);
    }

    public override void Forward(Workspace workspace)
    {
        var order = workspace.TimeOrder(Output.Rows.Sequence);
        var elements = order.Elements;
        var (d, h, wide) = (Inputs[0].Width, Output.Width, 3 * Output.Width);
        var weights = Weights is null ? null : workspace.Values(Weights);
        var y = workspace.Values(Output);
        Parts(workspace, order.Rows, out var x, out var gates, out var recurrent, out var previous, out _);
        Gather(workspace.Values(Inputs[0]), elements, x, d);
        Gemm.Multiply(x, d, _input.Forward, order.Rows, gates, wide, add: false);
        new Span<float>(previous, order.Active(0) * h).Clear();
        new Span<float>(recurrent, order.Active(0) * wide).Clear();
        for (var step = 0; step < order.Steps; step++)
        {
            var (from, to, following) = (order.Start(step), order.Start(step + 1), order.Active(step + 1));
            if (step > 0)
            {
                Gemm.Multiply(previous + ((nint)from * h), h, _recurrent.Forward, to - from, recurrent + ((nint)from * wide), wide, add: false);
            }

            for (var row = from; row < to; row++)
            {
                var state = y + ((nint)elements[row] * h);
                GruCell.Forward(
                    gates + ((nint)row * wide), recurrent + ((nint)row * wide), _inputBias.Values, _recurrentBias.Values,
                    previous + ((nint)row * h), weights is null ? 1 : weights[elements[row]], state, h);
                if (row - from < following)
                {
                    MatrixMath.Put(state, previous + ((nint)(to + row - from) * h), h, adds: false);
                }
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var order = workspace.TimeOrder(Output.Rows.Sequence);
        var elements = order.Elements;
        var (d, h, wide) = (Inputs[0].Width, Output.Width, 3 * Output.Width);
        var weights = Weights is null ? null : workspace.Values(Weights);
        var dw = Weights is { HasGradient: true } ? workspace.Gradients(Weights) : null;
        Parts(workspace, order.Rows, out var x, out var gates, out var recurrent, out var previous, out var dh);
        Gather(workspace.Gradients(Output), elements, dh, h);
        for (var step = order.Steps - 1; step >= 0; step--)
        {
            var (from, to) = (order.Start(step), order.Start(step + 1));
            var before = step == 0 ? 0 : order.Start(step - 1);
            for (var row = from; row < to; row++)
            {
                var slope = GruCell.Backward(
                    gates + ((nint)row * wide), recurrent + ((nint)row * wide), previous + ((nint)row * h), weights is null ? 1 : weights[elements[row]],
                    dh + ((nint)row * h), step == 0 ? null : dh + ((nint)(before + row - from) * h), h);
                if (dw is not null)
                {
                    dw[elements[row]] = Adds[1] ? dw[elements[row]] + slope : slope;
                }
            }

            if (step > 0)
            {
                Gemm.Multiply(recurrent + ((nint)from * wide), wide, _recurrent.Transposed, to - from, dh + ((nint)before * h), h, add: true);
            }
        }

        // The state before the first step is zero and says nothing about U.
        var (first, rows) = (order.Active(0), order.Rows);
        MatrixMath.AddColumnSums(gates, rows, wide, workspace.Gradients(_inputBias));
        MatrixMath.AddColumnSums(recurrent, rows, wide, workspace.Gradients(_recurrentBias));
        Gemm.MultiplyTransposed(x, d, gates, wide, rows, d, wide, workspace.Gradients(_input.Parameter), wide, add: true);
        Gemm.MultiplyTransposed(
            previous + ((nint)first * h), h, recurrent + ((nint)first * wide), wide, rows - first, h, wide, workspace.Gradients(_recurrent.Parameter), wide, add: true);
        if (Inputs[0].HasGradient)
        {
            Gemm.Multiply(gates, wide, _input.Transposed, rows, x, d, add: false);
            var dx = workspace.Gradients(Inputs[0]);
            for (var row = 0; row < rows; row++)
            {
                MatrixMath.Put(x + ((nint)row * d), dx + ((nint)elements[row] * d), d, Adds[0]);
            }
        }
    }

    private static void Gather(float* source, ReadOnlySpan<int> elements, float* target, int width)
    {
        for (var row = 0; row < elements.Length; row++)
        {
            MatrixMath.Put(source + ((nint)elements[row] * width), target + ((nint)row * width), width, adds: false);
        }
    }

    private void Parts(Workspace workspace, int rows, out float* x, out float* gates, out float* recurrent, out float* previous, out float* gradient)
    {
        var (d, h) = (Inputs[0].Width, Output.Width);
        x = workspace.Scratch(this);
        gates = x + ((nint)rows * d);
        recurrent = gates + ((nint)rows * 3 * h);
        previous = recurrent + ((nint)rows * 3 * h);
        gradient = previous + ((nint)rows * h);
    }
}
