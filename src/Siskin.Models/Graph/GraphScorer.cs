namespace Siskin.Models.Graph;

/// <summary>Scores examples with a graph as it is, on several threads: for validation while it is trained, and for tests.</summary>
/// <remarks>Not for concurrent use, and not while the graph is trained.</remarks>
public sealed class GraphScorer : IDisposable
{
    private const int Block = 128;

    private readonly ModelGraph _graph;
    private readonly WorkerTeam _team;
    private readonly Workspace[] _workspaces;

    /// <summary>Makes room.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="threads">Threads; 0 for one per processor.</param>
    public GraphScorer(ModelGraph graph, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _graph = graph;
        _team = new WorkerTeam(threads == 0 ? Environment.ProcessorCount : threads);
        var elements = graph.Layout.Sequences.Select(sequence => checked(Block * sequence.MaxLength)).ToArray();
        _workspaces = [.. Enumerable.Range(0, _team.Count).Select(worker => new Workspace(graph, Block, elements, trains: false, worker, _team))];
    }

    /// <summary>Computes the outputs of all examples.</summary>
    /// <param name="examples">Of the graph's layout.</param>
    /// <param name="scores">Output, row-major, examples × <see cref="ModelGraph.OutputWidth"/>: the outputs side by side.</param>
    /// <exception cref="ArgumentException">The scores have not that length, or the examples another layout.</exception>
    public void Score(ExampleTable examples, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var width = _graph.OutputWidth;
        if (scores.Length != (long)examples.Count * width)
        {
            throw new ArgumentException($"{scores.Length} scores for {examples.Count} examples and outputs of {width} columns", nameof(scores));
        }

        _graph.CheckLayout(examples.Layout);
        var rows = new int[examples.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = i;
        }

        _team.Run(worker =>
        {
            var workspace = _workspaces[worker];
            foreach (var op in _graph.Operators)
            {
                op.Prepare(worker, _team.Count);
            }

            workspace.StartBatch(examples, Math.Max(1, examples.Count), 0);
            _team.Barrier();
            var (from, to) = ((int)((long)rows.Length * worker / _team.Count), (int)((long)rows.Length * (worker + 1) / _team.Count));
            for (var first = from; first < to; first += Block)
            {
                workspace.StartBlock(rows.AsMemory(first, Math.Min(Block, to - first)), first);
                foreach (var op in _graph.Operators)
                {
                    op.Forward(workspace);
                }

                Copy(workspace, scores.Span.Slice(first * width, workspace.Count * width), width);
            }
        });
    }

    private unsafe void Copy(Workspace workspace, Span<float> target, int width)
    {
        var column = 0;
        foreach (var output in _graph.Outputs)
        {
            for (var i = 0; i < workspace.Count; i++)
            {
                new ReadOnlySpan<float>(workspace.Values(output) + ((long)i * output.Width), output.Width).CopyTo(target[((i * width) + column)..]);
            }

            column += output.Width;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        foreach (var workspace in _workspaces)
        {
            workspace.Dispose();
        }
    }
}
