namespace Siskin.Models.Graph.Serving;

/// <summary>The columns of a node by side: which they are, and their values side by side.</summary>
internal sealed unsafe class ColumnSplit
{
    private readonly ColumnRun[] _runs;
    private readonly ColumnRun? _single;

    public ColumnSplit(ColumnRun[] runs)
    {
        _runs = runs;
        foreach (var run in runs)
        {
            Widths[(int)run.Side] += run.Width;
        }

        var cross = runs.Where(run => run.Side == InputSide.Cross).ToArray();
        _single = cross.Length == 1 ? cross[0] : null;
        UserColumns = Columns(InputSide.User);
    }

    /// <summary>The user's columns.</summary>
    public int[] UserColumns { get; }

    private int[] Widths { get; } = new int[3];

    /// <summary>Columns of a side.</summary>
    public int WidthOf(InputSide side) => Widths[(int)side];

    /// <summary>Nodes that a side's columns are from.</summary>
    public IEnumerable<Node> Leaves(InputSide side) => _runs.Where(run => run.Side == side).Select(run => run.Leaf);

    /// <summary>The columns of a side in the node, in order.</summary>
    public int[] Columns(InputSide side) => [.. _runs.Where(run => run.Side == side).SelectMany(run => Enumerable.Range(run.Start, run.Width))];

    /// <summary>The candidates' own columns: where they lie, if side by side, or put side by side.</summary>
    /// <param name="workspace">Where they have been computed.</param>
    /// <param name="target">Room for them.</param>
    /// <param name="stride">Output: from one candidate to the next.</param>
    public float* Cross(Workspace workspace, float* target, out int stride)
    {
        if (_single is { } run)
        {
            stride = run.Leaf.Width;
            return workspace.Values(run.Leaf) + run.LeafStart;
        }

        Gather(InputSide.Cross, workspace, target);
        stride = WidthOf(InputSide.Cross);
        return target;
    }

    /// <summary>Puts a side's values side by side.</summary>
    /// <param name="side">The side.</param>
    /// <param name="workspace">Where it has been computed.</param>
    /// <param name="target">Output, row-major, rows × the side's columns.</param>
    public void Gather(InputSide side, Workspace workspace, float* target)
    {
        var (width, column) = (WidthOf(side), 0);
        foreach (var run in _runs)
        {
            if (run.Side != side)
            {
                continue;
            }

            var source = workspace.Values(run.Leaf) + run.LeafStart;
            for (var i = 0; i < workspace.Count; i++)
            {
                MatrixMath.Put(source + ((long)i * run.Leaf.Width), target + ((long)i * width) + column, run.Width, adds: false);
            }

            column += run.Width;
        }
    }
}
