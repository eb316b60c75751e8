using System.Runtime.Intrinsics;
using Siskin.Models.Graph.Operators;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Serving;

/// <summary>A layer whose inputs are of several sides: x·W is the sum of the user's part, computed once a request, the item's, kept, and the candidate's own.</summary>
internal sealed unsafe class DenseStep : CrossStep
{
    private const int Ahead = 6;

    private readonly Dense _op;
    private readonly ColumnSplit _columns;
    private readonly NativeBlock _crossWeights;
    private readonly int _out;
    private RowTable? _items;

    public DenseStep(Dense op, ColumnRun[] runs)
    {
        (_op, _columns, _out) = (op, new ColumnSplit(runs), op.Output.Width);
        _crossWeights = Pack(InputSide.Cross);
    }

    public override IEnumerable<Node> UserNodes => _columns.Leaves(InputSide.User);

    public override IEnumerable<Node> ItemNodes => _columns.Leaves(InputSide.Item);

    public override long ItemBytes => _items?.Bytes ?? 0;

    /// <summary>The user's part, and the candidates' inputs.</summary>
    public override long RoomFor(int capacity) => Padded(_out) + _columns.WidthOf(InputSide.User) + ((long)capacity * _columns.WidthOf(InputSide.Cross));

    public override void ReserveItems(int count, RowFormat format) =>
        _items = _columns.WidthOf(InputSide.Item) > 0 ? new RowTable(count, _out, format) : null;

    public override void StoreItems(Workspace items, int first)
    {
        if (_items is null)
        {
            return;
        }

        var width = _columns.WidthOf(InputSide.Item);
        using var x = new NativeBlock((long)items.Count * width * sizeof(float));
        using var y = new NativeBlock((long)items.Count * _out * sizeof(float));
        using var weights = Pack(InputSide.Item);
        _columns.Gather(InputSide.Item, items, (float*)x.Pointer);
        Gemm.Multiply((float*)x.Pointer, width, new PackedMatrix((float*)weights.Pointer, width, _out), items.Count, (float*)y.Pointer, _out, add: false);
        for (var i = 0; i < items.Count; i++)
        {
            _items.Set(first + i, new ReadOnlySpan<float>((float*)y.Pointer + ((long)i * _out), _out));
        }
    }

    public override void StartRequest(ServingSession session)
    {
        var sum = session.Room(this);
        var x = sum + Padded(_out);
        var own = new Span<float>(sum, _out);
        own.Clear();
        _op.Bias?.Span.CopyTo(own);
        _columns.Gather(InputSide.User, session.User, x);
        var columns = _columns.UserColumns;
        for (var i = 0; i < columns.Length; i++)
        {
            if (x[i] != 0)
            {
                MatrixMath.PutScaled(_op.Weights.Values + ((long)columns[i] * _out), x[i], sum, _out, adds: true);
            }
        }
    }

    public override void Run(ServingSession session)
    {
        var (count, width) = (session.Cross.Count, _columns.WidthOf(InputSide.Cross));
        var user = session.Room(this);
        var y = session.Cross.Values(_op.Output);
        if (width > 0)
        {
            var x = _columns.Cross(session.Cross, user + Padded(_out) + _columns.WidthOf(InputSide.User), out var stride);
            Gemm.Multiply(x, stride, new PackedMatrix((float*)_crossWeights.Pointer, width, _out), count, y, _out, add: false);
        }

        var decoded = stackalloc float[_items is null ? 0 : _out];
        var isCut = _op.Activation == Activation.Relu;
        for (var i = 0; i < count; i++)
        {
            var row = y + ((long)i * _out);
            if (_items is null)
            {
                Add(row, width > 0, user, null, _out, isCut);
                continue;
            }

            if (i + Ahead < count)
            {
                _items.Prefetch(session.Item(i + Ahead));
            }

            Add(row, width > 0, user, _items.Row(session.Item(i), decoded), _out, isCut);
        }

        if (!isCut)
        {
            MatrixMath.AddAndActivate(y, count, _out, null, _op.Activation);
        }
    }

    // y = (y +) a + b, then nothing below 0.
    private static void Add(float* y, bool adds, float* a, float* b, int count, bool isCut)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var least = Vector512.Create(isCut ? 0 : float.NegativeInfinity);
            for (; i + 16 <= count; i += 16)
            {
                var sum = Vector512.Load(a + i);
                sum = adds ? sum + Vector512.Load(y + i) : sum;
                sum = b is null ? sum : sum + Vector512.Load(b + i);
                Vector512.Max(sum, least).Store(y + i);
            }
        }

        for (; i < count; i++)
        {
            var sum = (adds ? y[i] : 0) + a[i] + (b is null ? 0 : b[i]);
            y[i] = isCut ? MathF.Max(sum, 0) : sum;
        }
    }

    private static int Padded(int numbers) => (numbers + 15) / 16 * 16;

    // The rows of W that a side's columns meet.
    private NativeBlock Pack(InputSide side)
    {
        var columns = _columns.Columns(side);
        using var rows = new NativeBlock((long)columns.Length * _out * sizeof(float));
        for (var i = 0; i < columns.Length; i++)
        {
            MatrixMath.Put(_op.Weights.Values + ((long)columns[i] * _out), (float*)rows.Pointer + ((long)i * _out), _out, adds: false);
        }

        var packed = new NativeBlock(PackedMatrix.LengthOf(columns.Length, _out) * sizeof(float));
        if (columns.Length > 0)
        {
            new PackedMatrix((float*)packed.Pointer, columns.Length, _out).Fill((float*)rows.Pointer, _out, 0, _out);
        }

        return packed;
    }
}
