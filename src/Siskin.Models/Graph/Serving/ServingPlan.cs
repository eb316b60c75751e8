using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph.Serving;

/// <summary>What is computed for the user, what for items and what for candidates, and in which order.</summary>
internal sealed class ServingPlan
{
    private readonly ModelGraph _graph;
    private readonly SideAnalysis _sides;
    private readonly List<CrossStep> _steps = [];
    private readonly HashSet<int> _spread = [];
    private readonly Dictionary<int, Operator> _makers = [];
    private readonly Dictionary<int, TargetAttentionStep> _attention = [];
    private readonly HashSet<int> _covered = [];

    public ServingPlan(ModelGraph graph, GraphSides sides)
    {
        (_graph, _sides) = (graph, new SideAnalysis(graph, sides));
        foreach (var op in graph.Operators)
        {
            _makers[op.Output.Index] = op;
        }

        KeepElementsOfItems();
        FindAttention();
        foreach (var op in graph.Operators)
        {
            Add(op);
        }

        foreach (var output in graph.Outputs)
        {
            Spread(output);
        }

        for (var i = 0; i < _steps.Count; i++)
        {
            _steps[i].Index = i;
        }

        Steps = [.. _steps];
        UserOperators = Closure(_steps.SelectMany(step => step.UserNodes));
        ItemOperators = Closure(_steps.SelectMany(step => step.ItemNodes));
        HasElements = graph.Operators.Any(op => !op.Output.Rows.IsExamples && !_covered.Contains(op.Output.Index) && !_sides.Is(op.Output, InputSide.User) && !_sides.Is(op.Output, InputSide.Item));
    }

    /// <summary>For each block of candidates, in order.</summary>
    public CrossStep[] Steps { get; }

    /// <summary>Once a request.</summary>
    public Operator[] UserOperators { get; }

    /// <summary>Once for each item.</summary>
    public Operator[] ItemOperators { get; }

    /// <summary>Whether candidates have rows for elements of sequences.</summary>
    public bool HasElements { get; }

    // Only one row an item is kept; what has a row for each element of an item's sequence is computed where a candidate needs it.
    private void KeepElementsOfItems()
    {
        foreach (var op in _graph.Operators)
        {
            if (IsPure(op.Output))
            {
                continue;
            }

            foreach (var input in op.Inputs)
            {
                if (!input.Rows.IsExamples && _sides.Is(input, InputSide.Item))
                {
                    _sides.ToCross(_graph, input);
                }
            }
        }
    }

    private void FindAttention()
    {
        foreach (var pool in _graph.Operators.OfType<WeightedPool>().Where(pool => !IsPure(pool.Output)))
        {
            var step = TargetAttentionStep.For(pool, node => _makers[node.Index], node => ReadersOf(node).Count() + _graph.Outputs.Count(output => output == node), node => _sides.Is(node, InputSide.User), _graph.Layout, out var covered);
            if (step is not null)
            {
                _attention[pool.Output.Index] = step;
                _covered.UnionWith(covered.Select(node => node.Index));
            }
        }
    }

    private bool IsPure(Node node) => _sides.Is(node, InputSide.User) || _sides.Is(node, InputSide.Item);

    private void Add(Operator op)
    {
        var runs = _sides[op.Output];
        if (_covered.Contains(op.Output.Index) || IsPure(op.Output) || (op is Concat && runs.Any(run => run.Leaf != op.Output)))
        {
            return;
        }

        if (op.Output.Rows.IsExamples && op is TableRead or NumbersRead)
        {
            _steps.Add(new FieldStep(op, runs));
            return;
        }

        if (op is TargetComparison comparison && _sides.Is(comparison.Inputs[0], InputSide.User) && ReadersOf(op.Output).All(reader => reader is Dense { Output.Width: > 1 }))
        {
            return;
        }

        if (_attention.TryGetValue(op.Output.Index, out var attention))
        {
            Spread(attention.Target);
            _steps.Add(attention);
            return;
        }

        _steps.Add(Special(op) ?? General(op));
    }

    private IEnumerable<Operator> ReadersOf(Node node) => _graph.Operators.Where(op => op.Inputs.Contains(node));

    private CrossStep? Special(Operator op)
    {
        var input = op.Inputs.Length == 1 ? op.Inputs[0] : null;
        if (input is null)
        {
            return null;
        }

        if (op is Dense { Output.Width: > 1 } layer && _makers[input.Index] is TargetComparison comparison && _sides.Is(comparison.Inputs[0], InputSide.User) && ReadersOf(input).All(reader => reader is Dense { Output.Width: > 1 }))
        {
            Spread(comparison.Inputs[1]);
            return new TargetDenseStep(layer, comparison, _graph.Layout.Sequences[comparison.Inputs[0].Rows.Sequence].MaxLength);
        }

        var runs = _sides[input];
        return !input.Rows.IsExamples || _sides.Is(input, InputSide.Cross) && runs is [{ Leaf: var leaf }] && leaf == input
            ? null
            : op switch
            {
                Dense dense => new DenseStep(dense, runs),
                FactorizationMachine machine when FactorizationMachineStep.Fits(machine, runs) => new FactorizationMachineStep(machine, runs),
                RowSum sum => new RowSumStep(sum, runs),
                _ => null,
            };
    }

    private OperatorStep General(Operator op)
    {
        foreach (var input in op.Inputs)
        {
            Spread(input);
        }

        return new OperatorStep(op);
    }

    private void Spread(Node node)
    {
        var runs = _sides[node];
        if ((runs.Any(run => run.Side != InputSide.Cross) || runs.Any(run => run.Leaf != node)) && _spread.Add(node.Index))
        {
            _steps.Add(new SpreadStep(node, runs));
        }
    }

    private Operator[] Closure(IEnumerable<Node> nodes)
    {
        var needed = new HashSet<int>();
        var stack = new Stack<Node>(nodes);
        while (stack.TryPop(out var node))
        {
            if (needed.Add(node.Index))
            {
                foreach (var input in _makers[node.Index].Inputs)
                {
                    stack.Push(input);
                }
            }
        }

        return [.. _graph.Operators.Where(op => needed.Contains(op.Output.Index))];
    }
}
