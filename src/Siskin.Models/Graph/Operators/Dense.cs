using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Graph.Operators;

/// <summary>f(X·W + b): a layer of a perceptron with its activation.</summary>
internal sealed unsafe class Dense : Operator
{
    private readonly Parameter _weights;
    private readonly Parameter? _bias;
    private readonly Activation _activation;
    private readonly PackedParameter? _packed;

    /// <param name="output">rows × out.</param>
    /// <param name="input">rows × in.</param>
    /// <param name="weights">in × out.</param>
    /// <param name="bias">1 × out, or null.</param>
    /// <param name="activation">f.</param>
    public Dense(Node output, Node input, Parameter weights, Parameter? bias, Activation activation)
        : base(output, input)
    {
        (_weights, _bias, _activation) = (weights, bias, activation);
        Parameters = bias is null ? [weights] : [weights, bias];
        _packed = weights.Columns == 1 ? null : new PackedParameter(weights, input.HasGradient);
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>in × out.</summary>
    public Parameter Weights => _weights;

    /// <summary>1 × out, or null.</summary>
    public Parameter? Bias => _bias;

    /// <summary>f.</summary>
    public Activation Activation => _activation;

    public override string Settings => $"{_activation}";

    public override void Prepare(int part, int parts) => _packed?.Prepare(part, parts);

    public override void Forward(Workspace workspace)
    {
        var rows = workspace.RowsOf(Output.Rows);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var (wide, narrow) = (_weights.Rows, _weights.Columns);
        if (_packed is null)
        {
            MatrixMath.MultiplyVector(x, rows, wide, _weights.Values, y);
        }
        else
        {
            Gemm.Multiply(x, wide, _packed.Forward, rows, y, narrow, add: false);
        }

        MatrixMath.AddAndActivate(y, rows, narrow, _bias is null ? null : _bias.Values, _activation);
    }

    public override void Backward(Workspace workspace)
    {
        var rows = workspace.RowsOf(Output.Rows);
        var x = workspace.Values(Inputs[0]);
        var y = workspace.Values(Output);
        var dy = workspace.Gradients(Output);
        var (wide, narrow) = (_weights.Rows, _weights.Columns);
        MatrixMath.TimesSlope(dy, y, rows * narrow, _activation);
        if (_bias is not null)
        {
            MatrixMath.AddColumnSums(dy, rows, narrow, workspace.Gradients(_bias));
        }

        if (_packed is null)
        {
            MatrixMath.AddOuterGradients(x, rows, wide, dy, _weights.Values, workspace.Gradients(_weights), Inputs[0].HasGradient ? workspace.Gradients(Inputs[0]) : null, Adds[0]);
            return;
        }

        Gemm.MultiplyTransposed(x, wide, dy, narrow, rows, wide, narrow, workspace.Gradients(_weights), narrow, add: true);
        if (Inputs[0].HasGradient)
        {
            Gemm.Multiply(dy, narrow, _packed.Transposed, rows, workspace.Gradients(Inputs[0]), wide, Adds[0]);
        }
    }
}
