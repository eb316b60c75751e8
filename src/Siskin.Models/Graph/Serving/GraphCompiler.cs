namespace Siskin.Models.Graph.Serving;

/// <summary>Turns a trained graph into one that scores the candidates of a request: the user's part once a request, the item's once a release.</summary>
public static class GraphCompiler
{
    private const int ItemBlock = 256;

    /// <summary>Compiles.</summary>
    /// <param name="graph">Trained; it must neither be trained nor disposed of while the compiled one is used.</param>
    /// <param name="sides">Which inputs are the user's and which the item's.</param>
    /// <param name="items">One example for each item; inputs of the user and of candidates do not count.</param>
    /// <param name="options">Formats and sizes; the default settings when null.</param>
    /// <exception cref="ArgumentException">A side names an unknown input, or the items have another layout.</exception>
    /// <remarks>Cost: the item's part of the graph for each item.</remarks>
    public static CompiledGraph Compile(ModelGraph graph, GraphSides sides, ExampleTable items, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(sides);
        ArgumentNullException.ThrowIfNull(items);
        options ??= new CompileOptions();
        OptionsValidation.Check(options);
        sides.Check(graph.Layout);
        graph.CheckLayout(items.Layout);
        foreach (var op in graph.Operators)
        {
            op.Prepare(0, 1);
        }

        var plan = new ServingPlan(graph, sides);
        foreach (var step in plan.Steps)
        {
            step.ReserveItems(items.Count, options.Rows);
        }

        StoreItems(graph, plan, items);
        return new CompiledGraph(graph, sides, items, plan, options);
    }

    private static void StoreItems(ModelGraph graph, ServingPlan plan, ExampleTable items)
    {
        if (plan.ItemOperators.Length == 0)
        {
            return;
        }

        using var team = new WorkerTeam(1);
        var elements = graph.Layout.Sequences.Select(sequence => checked(ItemBlock * sequence.MaxLength)).ToArray();
        using var workspace = new Workspace(graph, ItemBlock, elements, trains: false, 0, team);
        workspace.StartBatch(items, Math.Max(1, items.Count), 0);
        var rows = new int[items.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i;
        }

        for (var first = 0; first < rows.Length; first += ItemBlock)
        {
            workspace.StartBlock(rows.AsMemory(first, Math.Min(ItemBlock, rows.Length - first)), first);
            foreach (var op in plan.ItemOperators)
            {
                op.Forward(workspace);
            }

            foreach (var step in plan.Steps)
            {
                step.StoreItems(workspace, first);
            }
        }
    }
}
