using System.Numerics.Tensors;
using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph.Serving;

/// <summary>The sum of a row whose columns are of several sides.</summary>
internal sealed unsafe class RowSumStep(RowSum op, ColumnRun[] runs) : CrossStep
{
    private readonly ColumnSplit _columns = new(runs);
    private float[] _items = [];

    public override IEnumerable<Node> UserNodes => _columns.Leaves(InputSide.User);

    public override IEnumerable<Node> ItemNodes => _columns.Leaves(InputSide.Item);

    public override long ItemBytes => _items.Length * sizeof(float);

    public override long RoomFor(int capacity) => 1;

    public override void ReserveItems(int count, RowFormat format) => _items = _columns.WidthOf(InputSide.Item) > 0 ? new float[count] : [];

    public override void StoreItems(Workspace items, int first)
    {
        for (var i = 0; _items.Length > 0 && i < items.Count; i++)
        {
            _items[first + i] = Sum(InputSide.Item, items, i);
        }
    }

    public override void StartRequest(ServingSession session) => *session.Room(this) = Sum(InputSide.User, session.User, 0);

    public override void Run(ServingSession session)
    {
        var user = *session.Room(this);
        var y = session.Cross.Values(op.Output);
        for (var i = 0; i < session.Cross.Count; i++)
        {
            y[i] = user + (_items.Length > 0 ? _items[session.Item(i)] : 0) + Sum(InputSide.Cross, session.Cross, i);
        }
    }

    private float Sum(InputSide side, Workspace workspace, int row)
    {
        var sum = 0f;
        foreach (var run in runs)
        {
            if (run.Side == side)
            {
                sum += TensorPrimitives.Sum(new ReadOnlySpan<float>(workspace.Values(run.Leaf) + ((long)row * run.Leaf.Width) + run.LeafStart, run.Width));
            }
        }

        return sum;
    }
}
