using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph.Serving;

/// <summary>Finds for each node of a graph which of its columns depend on the user alone, on the item alone, or on both.</summary>
internal sealed class SideAnalysis
{
    private readonly Dictionary<int, ColumnRun[]> _runs = [];
    private readonly ExampleLayout _layout;
    private readonly GraphSides _sides;

    public SideAnalysis(ModelGraph graph, GraphSides sides)
    {
        (_layout, _sides) = (graph.Layout, sides);
        foreach (var op in graph.Operators)
        {
            _runs[op.Output.Index] = RunsOf(op);
        }
    }

    /// <summary>The columns of a node, in order.</summary>
    public ColumnRun[] this[Node node] => _runs[node.Index];

    /// <summary>Whether all columns of a node are of one side.</summary>
    public bool Is(Node node, InputSide side) => Array.TrueForAll(_runs[node.Index], run => run.Side == side);

    /// <summary>Makes a node of the item's side one that is computed for each candidate, with all that it comes from and that has elements.</summary>
    public void ToCross(ModelGraph graph, Node node)
    {
        _runs[node.Index] = [new(0, node.Width, InputSide.Cross, node, 0)];
        foreach (var input in graph.Operators.First(op => op.Output == node).Inputs)
        {
            if (!input.Rows.IsExamples && Is(input, InputSide.Item))
            {
                ToCross(graph, input);
            }
        }
    }

    private ColumnRun[] RunsOf(Operator op)
    {
        var node = op.Output;
        var runs = new List<ColumnRun>();
        switch (op)
        {
            case TableRead read when node.Rows.IsExamples:
                for (var t = 0; t < read.Tables.Count; t++)
                {
                    Append(runs, read.Tables[t].Columns, _sides.Of(_layout.Fields[read.Fields[t]].Name), node, read.Columns[t]);
                }

                break;
            case NumbersRead:
                for (var i = 0; i < _layout.Numbers.Count; i++)
                {
                    Append(runs, 1, _sides.Of(_layout.Numbers[i]), node, i);
                }

                break;
            case DenseRead { Ids.IsField: true } read:
                Append(runs, node.Width, _sides.Of(_layout.Fields[read.Ids.Input].Name), node, 0);
                break;
            case Concat when node.Rows.IsExamples:
                foreach (var input in op.Inputs)
                {
                    foreach (var run in _runs[input.Index])
                    {
                        Append(runs, run.Width, run.Side, run.Leaf, run.LeafStart);
                    }
                }

                break;
            default:
                Append(runs, node.Width, Together(op), node, 0);
                break;
        }

        return [.. runs];
    }

    private InputSide Together(Operator op)
    {
        InputSide? side = op.Output.Rows.IsExamples ? null : _sides.Of(_layout.Sequences[op.Output.Rows.Sequence].Name);
        foreach (var input in op.Inputs)
        {
            foreach (var run in _runs[input.Index])
            {
                side = side is null || side == run.Side ? run.Side : InputSide.Cross;
            }
        }

        // What depends on parameters alone is known once a request.
        return side ?? InputSide.User;
    }

    private static void Append(List<ColumnRun> runs, int width, InputSide side, Node leaf, int leafStart)
    {
        if (runs.Count > 0 && runs[^1] is var last && last.Side == side && last.Leaf == leaf && last.LeafStart + last.Width == leafStart)
        {
            runs[^1] = last with { Width = last.Width + width };
            return;
        }

        runs.Add(new ColumnRun(runs.Count == 0 ? 0 : runs[^1].Start + runs[^1].Width, width, side, leaf, leafStart));
    }
}
