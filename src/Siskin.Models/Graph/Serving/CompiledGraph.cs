using System.Collections.Concurrent;

namespace Siskin.Models.Graph.Serving;

/// <summary>A graph that is ready to score candidates. Immutable; safe for concurrent use, each thread or request with a session of its own.</summary>
public sealed class CompiledGraph
{
    private const int BlockBytes = 1 << 19;
    private const int MostBlock = 128;

    private readonly ConcurrentQueue<ServingSession> _sessions = new();

    internal CompiledGraph(ModelGraph graph, GraphSides sides, ExampleTable items, ServingPlan plan, CompileOptions options)
    {
        (Graph, Items, Plan) = (graph, items, plan);
        OutputWidth = graph.OutputWidth;
        Block = options.Block > 0 ? options.Block : BlockOf(graph, plan);
        var layout = graph.Layout;
        CrossFields = [.. Enumerable.Range(0, layout.Fields.Count).Where(i => sides.Of(layout.Fields[i].Name) == InputSide.Cross)];
        CrossNumbers = [.. Enumerable.Range(0, layout.Numbers.Count).Where(i => sides.Of(layout.Numbers[i]) == InputSide.Cross)];
        ItemSequences = [.. layout.Sequences.Select(sequence => sides.Of(sequence.Name) == InputSide.Item)];
    }

    /// <summary>Items that candidates are taken from.</summary>
    public int ItemCount => Items.Count;

    /// <summary>Logits of a candidate.</summary>
    public int OutputWidth { get; }

    /// <summary>Numbers of the categorical fields that a candidate has of its own, in the order in which <see cref="ServingSession.Score"/> takes them.</summary>
    public IReadOnlyList<int> CrossFields { get; }

    /// <summary>Numbers of the numbers that a candidate has of its own, in the order in which <see cref="ServingSession.Score"/> takes them.</summary>
    public IReadOnlyList<int> CrossNumbers { get; }

    /// <summary>Bytes that are kept for all items.</summary>
    public long ItemBytes => Plan.Steps.Sum(step => step.ItemBytes);

    internal ModelGraph Graph { get; }

    internal ExampleTable Items { get; }

    internal ServingPlan Plan { get; }

    internal int Block { get; }

    internal IReadOnlyList<bool> ItemSequences { get; }

    /// <summary>A session that nobody else uses; disposing of it gives it back. Allocates only where more are in use than ever before.</summary>
    public ServingSession Rent()
    {
        var session = _sessions.TryDequeue(out var free) ? free : new ServingSession(this);
        session.Start();
        return session;
    }

    internal void Return(ServingSession session) => _sessions.Enqueue(session);

    private static int BlockOf(ModelGraph graph, ServingPlan plan)
    {
        if (!plan.HasElements)
        {
            return MostBlock;
        }

        var bytes = 0L;
        foreach (var node in graph.Nodes.Where(graph.IsNeeded))
        {
            bytes += (long)(node.Rows.IsExamples ? 1 : graph.Layout.Sequences[node.Rows.Sequence].MaxLength) * node.Width * sizeof(float);
        }

        return (int)Math.Clamp(BlockBytes / Math.Max(1, bytes), 4, MostBlock);
    }
}
