using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph.Serving;

/// <summary>A factorisation machine over embeddings of several sides: of each side only the sum of its vectors and the sum of their squares count.</summary>
internal sealed unsafe class FactorizationMachineStep(FactorizationMachine op, ColumnRun[] runs) : CrossStep
{
    private const int Ahead = 6;

    private readonly ColumnSplit _columns = new(runs);
    private readonly int _d = op.Dimensions;
    private RowTable? _sums;
    private float[] _squares = [];

    public override IEnumerable<Node> UserNodes => _columns.Leaves(InputSide.User);

    public override IEnumerable<Node> ItemNodes => _columns.Leaves(InputSide.Item);

    public override long ItemBytes => (_sums?.Bytes ?? 0) + (_squares.Length * sizeof(float));

    /// <summary>Whether the columns of each side are whole embeddings.</summary>
    public static bool Fits(FactorizationMachine op, ColumnRun[] runs) =>
        Array.TrueForAll(runs, run => run.Start % op.Dimensions == 0 && run.Width % op.Dimensions == 0);

    public override long RoomFor(int capacity) => (2 * _d) + 1 + _columns.WidthOf(InputSide.User) + ((long)capacity * _columns.WidthOf(InputSide.Cross));

    public override void ReserveItems(int count, RowFormat format)
    {
        if (_columns.WidthOf(InputSide.Item) > 0)
        {
            (_sums, _squares) = (new RowTable(count, _d, format), new float[count]);
        }
    }

    public override void StoreItems(Workspace items, int first)
    {
        if (_sums is null)
        {
            return;
        }

        var width = _columns.WidthOf(InputSide.Item);
        using var x = new Siskin.Vectors.Memory.NativeBlock((long)items.Count * width * sizeof(float));
        _columns.Gather(InputSide.Item, items, (float*)x.Pointer);
        Span<float> sum = stackalloc float[_d];
        for (var i = 0; i < items.Count; i++)
        {
            sum.Clear();
            _squares[first + i] = Add((float*)x.Pointer + ((long)i * width), width, sum);
            _sums.Set(first + i, sum);
        }
    }

    public override void StartRequest(ServingSession session)
    {
        var room = session.Room(this);
        var x = room + (2 * _d) + 1;
        var sum = new Span<float>(room, _d);
        sum.Clear();
        _columns.Gather(InputSide.User, session.User, x);
        room[2 * _d] = Add(x, _columns.WidthOf(InputSide.User), sum);
    }

    public override void Run(ServingSession session)
    {
        var width = _columns.WidthOf(InputSide.Cross);
        var user = session.Room(this);
        var all = user + _d;
        var stride = 0;
        var x = width == 0 ? null : _columns.Cross(session.Cross, user + (2 * _d) + 1 + _columns.WidthOf(InputSide.User), out stride);
        var y = session.Cross.Values(op.Output);
        var decoded = stackalloc float[_d];
        for (var i = 0; i < session.Cross.Count; i++, x += stride)
        {
            if (_sums is not null && i + Ahead < session.Cross.Count)
            {
                _sums.Prefetch(session.Item(i + Ahead));
            }

            var items = _sums is null ? null : _sums.Row(session.Item(i), decoded);
            var squares = user[2 * _d] + (items is null ? 0 : _squares[session.Item(i)]);
            y[i] = 0.5f * (Square(user, items, x, width, _d) - squares);
        }
    }

    // |user + items + Σ x|² − Σ |x|².
    private static float Square(float* user, float* items, float* x, int width, int d)
    {
        var (i, total) = (0, 0f);
        if (Vector512.IsHardwareAccelerated)
        {
            var sums = Vector512<float>.Zero;
            for (; i + 16 <= d; i += 16)
            {
                var sum = items is null ? Vector512.Load(user + i) : Vector512.Load(user + i) + Vector512.Load(items + i);
                for (var column = i; column < width; column += d)
                {
                    var own = Vector512.Load(x + column);
                    sum += own;
                    sums -= own * own;
                }

                sums += sum * sum;
            }

            total = Vector512.Sum(sums);
        }

        for (; i < d; i++)
        {
            var sum = user[i] + (items is null ? 0 : items[i]);
            for (var column = i; column < width; column += d)
            {
                sum += x[column];
                total -= x[column] * x[column];
            }

            total += sum * sum;
        }

        return total;
    }

    // Adds embeddings to their sum; gives the sum of all squares.
    private float Add(float* x, int width, Span<float> sum)
    {
        for (var column = 0; column < width; column += _d)
        {
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(x + column, _d), sum);
        }

        return TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(x, width));
    }
}
