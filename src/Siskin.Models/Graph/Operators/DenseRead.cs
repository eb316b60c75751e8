namespace Siskin.Models.Graph.Operators;

/// <summary>Rows of a table that is trained as a whole, by ids or by places.</summary>
internal sealed unsafe class DenseRead : Operator
{
    private readonly Parameter _table;
    private readonly int[] _places;

    /// <param name="output">As wide as the table.</param>
    /// <param name="table">A dense parameter.</param>
    /// <param name="ids">Which rows.</param>
    /// <param name="maxLength">Most elements of an example.</param>
    public DenseRead(Node output, Parameter table, RowIds ids, int maxLength)
        : base(output)
    {
        (_table, Ids) = (table, ids);
        Parameters = [table];
        _places = new int[maxLength];
        for (var i = 0; i < maxLength; i++)
        {
            _places[i] = maxLength - 1 - i;
        }
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>ids × width.</summary>
    public Parameter Table => _table;

    /// <summary>Which rows.</summary>
    public RowIds Ids { get; }

    public override void Forward(Workspace workspace)
    {
        var target = workspace.Values(Output);
        var width = Output.Width;
        for (var example = 0; example < workspace.Count; example++)
        {
            foreach (var id in Ids.Of(workspace, example, _places))
            {
                MatrixMath.Put(_table.Values + ((long)id * width), target, width, adds: false);
                target += width;
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
        var source = workspace.Gradients(Output);
        var target = workspace.Gradients(_table);
        var width = Output.Width;
        for (var example = 0; example < workspace.Count; example++)
        {
            foreach (var id in Ids.Of(workspace, example, _places))
            {
                MatrixMath.Put(source, target + ((long)id * width), width, adds: true);
                source += width;
            }
        }
    }
}
