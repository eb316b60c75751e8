namespace Siskin.Models.Graph.Serving;

/// <summary>Puts the columns of a node that are known for the user or the item beside those that are computed for each candidate.</summary>
internal sealed unsafe class SpreadStep(Node node, ColumnRun[] runs) : CrossStep
{
    private readonly RowTable?[] _items = new RowTable[runs.Length];

    public override IEnumerable<Node> UserNodes => runs.Where(run => run.Side == InputSide.User).Select(run => run.Leaf);

    public override IEnumerable<Node> ItemNodes => runs.Where(run => run.Side == InputSide.Item).Select(run => run.Leaf);

    public override long ItemBytes => _items.Sum(table => table?.Bytes ?? 0);

    public override void ReserveItems(int count, RowFormat format)
    {
        for (var r = 0; r < runs.Length; r++)
        {
            _items[r] = runs[r].Side == InputSide.Item ? new RowTable(count, runs[r].Width, format) : null;
        }
    }

    public override void StoreItems(Workspace items, int first)
    {
        for (var r = 0; r < runs.Length; r++)
        {
            if (_items[r] is { } table)
            {
                var source = items.Values(runs[r].Leaf) + runs[r].LeafStart;
                for (var i = 0; i < items.Count; i++)
                {
                    table.Set(first + i, new ReadOnlySpan<float>(source + ((long)i * runs[r].Leaf.Width), runs[r].Width));
                }
            }
        }
    }

    public override void Run(ServingSession session)
    {
        var (count, width) = (session.Cross.Count, node.Width);
        var target = session.Cross.Values(node);
        for (var r = 0; r < runs.Length; r++)
        {
            var run = runs[r];
            if (run.Side == InputSide.User)
            {
                SpreadUser(session, run, target);
                continue;
            }

            var source = session.Cross.Values(run.Leaf) + run.LeafStart;
            for (var i = 0; i < count; i++)
            {
                if (_items[r] is { } table)
                {
                    table.Get(session.Item(i), target + ((long)i * width) + run.Start, adds: false);
                }
                else if (run.Leaf != node)
                {
                    MatrixMath.Put(source + ((long)i * run.Leaf.Width), target + ((long)i * width) + run.Start, run.Width, adds: false);
                }
            }
        }
    }

    private void SpreadUser(ServingSession session, ColumnRun run, float* target)
    {
        // All blocks of a request find the same user here; the first one, which is the largest, puts it.
        if (session.Block > 0)
        {
            return;
        }

        var source = session.User.Values(run.Leaf) + run.LeafStart;
        if (node.Rows.IsExamples)
        {
            for (var i = 0; i < session.Cross.Count; i++)
            {
                MatrixMath.Put(source, target + ((long)i * node.Width) + run.Start, run.Width, adds: false);
            }

            return;
        }

        var length = session.User.RowsOf(node.Rows) * node.Width;
        for (var i = 0; i < session.Cross.Count; i++)
        {
            MatrixMath.Put(source, target + ((long)i * length), length, adds: false);
        }
    }
}
