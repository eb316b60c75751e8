using System.Numerics.Tensors;
using Siskin.Models.Graph.Operators;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Serving;

/// <summary>The first layer of DIN's attention over a history that all candidates share.</summary>
/// <remarks>
/// With W = [W₁; W₂; W₃; W₄], [e, t, e − t, e ⊙ t]·W = e·(W₁ + W₃) + t·(W₂ − W₃) + (e ⊙ t)·W₄: the first part is computed once a
/// request for each element, the second once for each candidate, and only the third, a quarter of the work, for each pair.
/// </remarks>
internal sealed unsafe class TargetDenseStep : CrossStep
{
    private readonly Dense _op;
    private readonly Node _elements;
    private readonly Node _target;
    private readonly int _d;
    private readonly int _out;
    private readonly int _maxLength;
    private readonly NativeBlock _elementWeights;
    private readonly NativeBlock _targetWeights;
    private readonly NativeBlock _productWeights;

    public TargetDenseStep(Dense op, TargetComparison comparison, int maxLength)
    {
        (_op, _elements, _target, _maxLength) = (op, comparison.Inputs[0], comparison.Inputs[1], maxLength);
        (_d, _out) = (_elements.Width, op.Output.Width);
        _elementWeights = Pack(0, 2, 1);
        _targetWeights = Pack(1, 2, -1);
        _productWeights = Pack(3, 3, 0);
    }

    public override IEnumerable<Node> UserNodes => [_elements];

    /// <summary>The elements' part, the candidates' parts, and the products of a candidate.</summary>
    public override long RoomFor(int capacity) => ((long)_maxLength * (_out + _d)) + ((long)capacity * _out);

    public override void StartRequest(ServingSession session)
    {
        var length = session.User.RowsOf(_elements.Rows);
        var own = session.Room(this);
        Gemm.Multiply(session.User.Values(_elements), _d, new PackedMatrix((float*)_elementWeights.Pointer, _d, _out), length, own, _out, add: false);
        MatrixMath.AddAndActivate(own, length, _out, _op.Bias is null ? null : _op.Bias.Values, Activation.None);
    }

    public override void Run(ServingSession session)
    {
        var (count, length) = (session.Cross.Count, session.User.RowsOf(_elements.Rows));
        var own = session.Room(this);
        var products = own + ((long)_maxLength * _out);
        var candidates = products + ((long)_maxLength * _d);
        var e = session.User.Values(_elements);
        var t = session.Cross.Values(_target);
        var y = session.Cross.Values(_op.Output);
        Gemm.Multiply(t, _d, new PackedMatrix((float*)_targetWeights.Pointer, _d, _out), count, candidates, _out, add: false);
        var weights = new PackedMatrix((float*)_productWeights.Pointer, _d, _out);
        for (var i = 0; i < count; i++, t += _d, candidates += _out, y += (long)length * _out)
        {
            for (var row = 0; row < length; row++)
            {
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(e + ((long)row * _d), _d), new ReadOnlySpan<float>(t, _d), new Span<float>(products + ((long)row * _d), _d));
                TensorPrimitives.Add(new ReadOnlySpan<float>(own + ((long)row * _out), _out), new ReadOnlySpan<float>(candidates, _out), new Span<float>(y + ((long)row * _out), _out));
            }

            Gemm.Multiply(products, _d, weights, length, y, _out, add: true);
        }

        MatrixMath.AddAndActivate(session.Cross.Values(_op.Output), count * length, _out, null, _op.Activation);
    }

    // The block of W of one part, or the sum or difference of two.
    private NativeBlock Pack(int part, int other, float sign)
    {
        using var rows = new NativeBlock((long)_d * _out * sizeof(float));
        MatrixMath.Put(_op.Weights.Values + ((long)part * _d * _out), (float*)rows.Pointer, _d * _out, adds: false);
        MatrixMath.PutScaled(_op.Weights.Values + ((long)other * _d * _out), sign, (float*)rows.Pointer, _d * _out, adds: true);
        var packed = new NativeBlock(PackedMatrix.LengthOf(_d, _out) * sizeof(float));
        new PackedMatrix((float*)packed.Pointer, _d, _out).Fill((float*)rows.Pointer, _out, 0, _out);
        return packed;
    }
}
