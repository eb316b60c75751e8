using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Siskin.Models.Graph.Operators;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Serving;

/// <summary>All of DIN's attention over a history that all candidates share, from the comparison with the candidate to the weighted sum.</summary>
/// <remarks>
/// With W = [W₁; W₂; W₃; W₄] and a candidate t, [e, t, e − t, e ⊙ t]·W = e·V + v, where V = W₁ + W₃ + diag(t)·W₄ and v = t·(W₂ − W₃):
/// a product with d instead of 4d rows, and the candidate's part a constant. The history lies transposed, an element
/// in each lane, so that the hidden layer, its activation and its product with the output's weights never leave the registers
/// and nothing is summed across lanes.
/// </remarks>
internal sealed unsafe class TargetAttentionStep : CrossStep
{
    private const int Lanes = 16;
    private const int Hidden = 4;
    private const int Elements = 4 * Lanes;

    private readonly WeightedPool _pool;
    private readonly Node _target;
    private readonly Node _elements;
    private readonly int _d;
    private readonly int _hidden;
    private readonly int _used;
    private readonly int _maxLength;
    private readonly NativeBlock _own;
    private readonly NativeBlock _products;
    private readonly NativeBlock _targets;
    private readonly NativeBlock _tail;
    private readonly float _bias;

    /// <param name="comparison">Elements of the user beside a target.</param>
    /// <param name="layer">Over the comparison; without an activation or with ReLU.</param>
    /// <param name="slopes">Of the parametric ReLU behind the layer; null for none.</param>
    /// <param name="weight">Gives the weight of an element; without an activation.</param>
    /// <param name="pool">Over the same elements.</param>
    /// <param name="maxLength">Of the history.</param>
    public TargetAttentionStep(TargetComparison comparison, Dense layer, Parameter? slopes, Dense weight, WeightedPool pool, int maxLength)
    {
        (_pool, _elements, _target, _maxLength) = (pool, comparison.Inputs[0], comparison.Inputs[1], Padded(maxLength, Elements));
        (_d, _hidden, _used) = (_elements.Width, Padded(layer.Output.Width, Lanes), Padded(layer.Output.Width, Hidden));
        _own = Part(layer, 0, 2, 1);
        _targets = Part(layer, 1, 2, -1);
        _products = Part(layer, 3, 3, 0);

        // Bias, slope below 0 and output weight of each hidden number.
        _tail = new NativeBlock(3L * _hidden * sizeof(float));
        var tail = (float*)_tail.Pointer;
        for (var j = 0; j < layer.Output.Width; j++)
        {
            tail[j] = layer.Bias is null ? 0 : layer.Bias.Values[j];
            tail[_hidden + j] = layer.Activation == Activation.Relu ? 0 : slopes is null ? 1 : slopes.Values[j];
            tail[(2 * _hidden) + j] = weight.Weights.Values[j];
        }

        _bias = weight.Bias is null ? 0 : weight.Bias.Values[0];
    }

    /// <summary>The candidates' vectors.</summary>
    public Node Target => _target;

    public override IEnumerable<Node> UserNodes => [_elements];

    /// <summary>The history transposed, V, v, and the weights of elements.</summary>
    public override long RoomFor(int capacity) => ((long)_d * _maxLength) + ((long)_d * _hidden) + _hidden + _maxLength;

    /// <summary>The step for a pool, if its operators are as it takes them and nobody else reads what lies between.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="maker">The operator that makes a node.</param>
    /// <param name="readers">How many operators read a node.</param>
    /// <param name="isUser">Whether a node is the user's.</param>
    /// <param name="layout">For the longest history.</param>
    /// <param name="covered">Output: the nodes between.</param>
    public static TargetAttentionStep? For(WeightedPool pool, Func<Node, Operator> maker, Func<Node, int> readers, Func<Node, bool> isUser, ExampleLayout layout, out Node[] covered)
    {
        covered = [];
        if (!Vector512.IsHardwareAccelerated || maker(pool.Inputs[0]) is not Dense { Activation: Activation.None, Output.Width: 1 } weight)
        {
            return null;
        }

        var hidden = maker(weight.Inputs[0]);
        var slopes = hidden as ParametricRelu;
        if ((slopes is null ? hidden : maker(slopes.Inputs[0])) is not Dense { Activation: Activation.None or Activation.Relu } layer
            || (slopes is not null && layer.Activation == Activation.Relu)
            || maker(layer.Inputs[0]) is not TargetComparison comparison
            || comparison.Inputs[0] != pool.Inputs[1]
            || !isUser(comparison.Inputs[0]))
        {
            return null;
        }

        Node[] between = [weight.Output, hidden.Output, layer.Output, comparison.Output];
        if (between.Any(node => readers(node) != 1))
        {
            return null;
        }

        covered = between;
        return new TargetAttentionStep(comparison, layer, slopes?.Parameters[0], weight, pool, layout.Sequences[comparison.Inputs[0].Rows.Sequence].MaxLength);
    }

    public override void StartRequest(ServingSession session)
    {
        var length = session.User.RowsOf(_elements.Rows);
        var e = session.User.Values(_elements);
        var transposed = session.Room(this);
        new Span<float>(transposed, _d * _maxLength).Clear();
        for (var row = 0; row < length; row++)
        {
            for (var k = 0; k < _d; k++)
            {
                transposed[(k * _maxLength) + row] = e[(row * _d) + k];
            }
        }
    }

    public override void Run(ServingSession session)
    {
        var length = session.User.RowsOf(_elements.Rows);
        var transposed = session.Room(this);
        var layer = transposed + ((long)_d * _maxLength);
        var constant = layer + ((long)_d * _hidden);
        var weights = constant + _hidden;
        var e = session.User.Values(_elements);
        var t = session.Cross.Values(_target);
        var y = session.Cross.Values(_pool.Output);
        for (var i = 0; i < session.Cross.Count; i++, t += _d, y += _d)
        {
            Layer(t, layer, constant);
            for (var first = 0; first < length; first += Elements)
            {
                Weights(transposed + first, layer, constant, weights + first);
            }

            var sum = new Span<float>(y, _d);
            sum.Clear();
            if (_d == Lanes)
            {
                Pool(e, weights, length, y);
                continue;
            }

            for (var row = 0; row < length; row++)
            {
                TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(e + ((long)row * _d), _d), weights[row], sum, sum);
            }
        }
    }

    private static void Pool(float* e, float* weights, int length, float* y)
    {
        var (even, odd) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var row = 0;
        for (; row + 2 <= length; row += 2)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.Create(weights[row]), Vector512.Load(e + (row * Lanes)), even);
            odd = Vector512.FusedMultiplyAdd(Vector512.Create(weights[row + 1]), Vector512.Load(e + ((row + 1) * Lanes)), odd);
        }

        if (row < length)
        {
            even = Vector512.FusedMultiplyAdd(Vector512.Create(weights[row]), Vector512.Load(e + (row * Lanes)), even);
        }

        (even + odd).Store(y);
    }

    private static int Padded(int count, int unit) => (count + unit - 1) / unit * unit;

    // V and v of a candidate.
    private void Layer(float* t, float* layer, float* constant)
    {
        var own = (float*)_own.Pointer;
        var products = (float*)_products.Pointer;
        var targets = (float*)_targets.Pointer;
        for (var j = 0; j < _hidden; j += Lanes)
        {
            var sum = Vector512.Load((float*)_tail.Pointer + j);
            for (var k = 0; k < _d; k++)
            {
                var at = (k * _hidden) + j;
                var own1 = Vector512.Create(t[k]);
                Vector512.FusedMultiplyAdd(own1, Vector512.Load(products + at), Vector512.Load(own + at)).Store(layer + at);
                sum = Vector512.FusedMultiplyAdd(own1, Vector512.Load(targets + at), sum);
            }

            sum.Store(constant + j);
        }
    }

    // The weights of 64 elements.
    private void Weights(float* transposed, float* layer, float* constant, float* target)
    {
        var slopes = (float*)_tail.Pointer + _hidden;
        var outputs = slopes + _hidden;
        var s0 = Vector512.Create(_bias);
        var (s1, s2, s3) = (s0, s0, s0);
        for (var j = 0; j < _used; j += Hidden)
        {
            var (a0, b0, c0, d0) = (Vector512.Create(constant[j]), Vector512.Create(constant[j + 1]), Vector512.Create(constant[j + 2]), Vector512.Create(constant[j + 3]));
            var (a1, b1, c1, d1) = (a0, b0, c0, d0);
            var (a2, b2, c2, d2) = (a0, b0, c0, d0);
            var (a3, b3, c3, d3) = (a0, b0, c0, d0);
            for (var k = 0; k < _d; k++)
            {
                var e = transposed + ((nint)k * _maxLength);
                var (e0, e1, e2, e3) = (Vector512.Load(e), Vector512.Load(e + Lanes), Vector512.Load(e + (2 * Lanes)), Vector512.Load(e + (3 * Lanes)));
                var w = layer + ((nint)k * _hidden) + j;
                var x = Vector512.Create(w[0]);
                a0 = Vector512.FusedMultiplyAdd(x, e0, a0);
                a1 = Vector512.FusedMultiplyAdd(x, e1, a1);
                a2 = Vector512.FusedMultiplyAdd(x, e2, a2);
                a3 = Vector512.FusedMultiplyAdd(x, e3, a3);
                x = Vector512.Create(w[1]);
                b0 = Vector512.FusedMultiplyAdd(x, e0, b0);
                b1 = Vector512.FusedMultiplyAdd(x, e1, b1);
                b2 = Vector512.FusedMultiplyAdd(x, e2, b2);
                b3 = Vector512.FusedMultiplyAdd(x, e3, b3);
                x = Vector512.Create(w[2]);
                c0 = Vector512.FusedMultiplyAdd(x, e0, c0);
                c1 = Vector512.FusedMultiplyAdd(x, e1, c1);
                c2 = Vector512.FusedMultiplyAdd(x, e2, c2);
                c3 = Vector512.FusedMultiplyAdd(x, e3, c3);
                x = Vector512.Create(w[3]);
                d0 = Vector512.FusedMultiplyAdd(x, e0, d0);
                d1 = Vector512.FusedMultiplyAdd(x, e1, d1);
                d2 = Vector512.FusedMultiplyAdd(x, e2, d2);
                d3 = Vector512.FusedMultiplyAdd(x, e3, d3);
            }

            s0 = Add(Add(Add(Add(s0, a0, slopes[j], outputs[j]), b0, slopes[j + 1], outputs[j + 1]), c0, slopes[j + 2], outputs[j + 2]), d0, slopes[j + 3], outputs[j + 3]);
            s1 = Add(Add(Add(Add(s1, a1, slopes[j], outputs[j]), b1, slopes[j + 1], outputs[j + 1]), c1, slopes[j + 2], outputs[j + 2]), d1, slopes[j + 3], outputs[j + 3]);
            s2 = Add(Add(Add(Add(s2, a2, slopes[j], outputs[j]), b2, slopes[j + 1], outputs[j + 1]), c2, slopes[j + 2], outputs[j + 2]), d2, slopes[j + 3], outputs[j + 3]);
            s3 = Add(Add(Add(Add(s3, a3, slopes[j], outputs[j]), b3, slopes[j + 1], outputs[j + 1]), c3, slopes[j + 2], outputs[j + 2]), d3, slopes[j + 3], outputs[j + 3]);
        }

        s0.Store(target);
        s1.Store(target + Lanes);
        s2.Store(target + (2 * Lanes));
        s3.Store(target + (3 * Lanes));
    }

    // sum + output · (max(x, 0) + slope · min(x, 0)).
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(Vector512<float> sum, Vector512<float> x, float slope, float output)
    {
        var zero = Vector512<float>.Zero;
        return Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(Vector512.Create(slope), Vector512.Min(x, zero), Vector512.Max(x, zero)), Vector512.Create(output), sum);
    }

    // The rows of W of one part, or the sum or difference of two, each row padded.
    private NativeBlock Part(Dense layer, int part, int other, float sign)
    {
        var (width, block) = (layer.Output.Width, new NativeBlock((long)_d * _hidden * sizeof(float)));
        for (var k = 0; k < _d; k++)
        {
            var target = (float*)block.Pointer + ((long)k * _hidden);
            MatrixMath.Put(layer.Weights.Values + ((long)((part * _d) + k) * width), target, width, adds: false);
            MatrixMath.PutScaled(layer.Weights.Values + ((long)((other * _d) + k) * width), sign, target, width, adds: true);
        }

        return block;
    }
}
