using System.Runtime.InteropServices;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph;

/// <summary>What one thread computes in: values and gradients of all nodes for a block of examples. Not thread-safe.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private readonly NativeBlock?[] _values;
    private readonly NativeBlock?[] _gradients;
    private readonly NativeBlock?[] _scratch;
    private readonly NativeBlock?[] _parameterGradients;
    private readonly nint[] _shared;
    private readonly int[][] _offsets;
    private readonly TimeOrder?[] _timeOrders;
    private readonly bool[] _isOrdered;
    private ReadOnlyMemory<int> _rows;

    /// <param name="graph">The graph.</param>
    /// <param name="capacity">Most examples of a block.</param>
    /// <param name="elements">Most elements of a block, by sequence.</param>
    /// <param name="trains">Whether there is a backward pass.</param>
    /// <param name="worker">Number of the thread.</param>
    /// <param name="team">The threads.</param>
    public Workspace(ModelGraph graph, int capacity, int[] elements, bool trains, int worker, WorkerTeam team)
    {
        (Capacity, Worker, Team, IsTraining) = (capacity, worker, team, trains);
        var nodes = graph.Nodes.Count;
        _values = new NativeBlock[nodes];
        _gradients = new NativeBlock[nodes];
        _scratch = new NativeBlock[graph.Operators.Count];
        _shared = new nint[nodes];
        foreach (var node in graph.Nodes)
        {
            if (!graph.IsNeeded(node))
            {
                continue;
            }

            var rows = (long)(node.Rows.IsExamples ? capacity : elements[node.Rows.Sequence]);
            _values[node.Index] = new NativeBlock(rows * node.Width * sizeof(float));
            if (trains && node.HasGradient && !graph.IsTableRead(node))
            {
                _gradients[node.Index] = new NativeBlock(rows * node.Width * sizeof(float));
            }
        }

        for (var i = 0; i < graph.Operators.Count; i++)
        {
            var op = graph.Operators[i];
            var rows = (long)(op.Output.Rows.IsExamples ? capacity : elements[op.Output.Rows.Sequence]);
            _scratch[i] = op.ScratchWidth > 0 ? new NativeBlock(rows * op.ScratchWidth * sizeof(float)) : null;
        }

        _parameterGradients = new NativeBlock[graph.Parameters.Count];
        foreach (var parameter in graph.Parameters)
        {
            _parameterGradients[parameter.Index] = trains && parameter.Kind == ParameterKind.Dense ? new NativeBlock(parameter.Length * sizeof(float)) : null;
        }

        (_timeOrders, _isOrdered) = (new TimeOrder[elements.Length], new bool[elements.Length]);
        _offsets = new int[elements.Length][];
        for (var s = 0; s < elements.Length; s++)
        {
            _offsets[s] = new int[capacity + 1];
        }
    }

    /// <summary>Most examples of a block.</summary>
    public int Capacity { get; }

    /// <summary>Number of this thread.</summary>
    public int Worker { get; }

    /// <summary>The threads that work together.</summary>
    public WorkerTeam Team { get; }

    /// <summary>Whether examples are trained on: dropout drops, statistics of the batch count.</summary>
    public bool IsTraining { get; set; }

    /// <summary>Where examples come from.</summary>
    public ExampleTable Examples { get; private set; } = null!;

    /// <summary>Numbers of the block's examples in <see cref="Examples"/>.</summary>
    public ReadOnlySpan<int> Rows => _rows.Span;

    /// <summary>Examples of the block.</summary>
    public int Count { get; private set; }

    /// <summary>Place of the block's first example within the batch.</summary>
    public int First { get; private set; }

    /// <summary>Examples of the whole batch; losses are means over them.</summary>
    public int BatchSize { get; private set; }

    /// <summary>Number of the step, from 1; with <see cref="First"/> the seed of what is random.</summary>
    public long Step { get; private set; }

    /// <summary>Sum of losses of the blocks so far.</summary>
    public double Loss { get; set; }

    /// <summary>Where each example's elements start among the block's, and where the last's end.</summary>
    public ReadOnlySpan<int> Offsets(int sequence) => _offsets[sequence].AsSpan(0, Count + 1);

    /// <summary>Each example's elements in the order of time, for recurrent operators; made when the first asks.</summary>
    public TimeOrder TimeOrder(int sequence)
    {
        var order = _timeOrders[sequence] ??= new TimeOrder();
        if (!_isOrdered[sequence])
        {
            order.Set(Offsets(sequence));
            _isOrdered[sequence] = true;
        }

        return order;
    }

    /// <summary>Rows of a node in this block.</summary>
    public int RowsOf(RowDomain rows) => rows.IsExamples ? Count : _offsets[rows.Sequence][Count];

    /// <summary>Values of a node, row-major.</summary>
    public float* Values(Node node) => (float*)_values[node.Index]!.Pointer;

    /// <summary>Gradients of a node, row-major.</summary>
    public float* Gradients(Node node) => _shared[node.Index] != 0 ? (float*)_shared[node.Index] : (float*)_gradients[node.Index]!.Pointer;

    /// <summary>What an operator keeps for itself, row-major.</summary>
    public float* Scratch(Operator op) => (float*)_scratch[op.Index]!.Pointer;

    /// <summary>Gradients of a dense parameter, summed over this thread's blocks.</summary>
    public float* Gradients(Parameter parameter) => (float*)_parameterGradients[parameter.Index]!.Pointer;

    /// <summary>Starts a batch: gradients and losses are zero.</summary>
    public void StartBatch(ExampleTable examples, int batchSize, long step)
    {
        (Examples, BatchSize, Step, Loss) = (examples, batchSize, step, 0);
        foreach (var block in _parameterGradients)
        {
            if (block is not null)
            {
                NativeMemory.Clear(block.Pointer, (nuint)block.Length);
            }
        }
    }

    /// <summary>Starts a block of examples.</summary>
    /// <param name="rows">Their numbers.</param>
    /// <param name="first">Place of the first within the batch.</param>
    public void StartBlock(ReadOnlyMemory<int> rows, int first)
    {
        (_rows, Count, First) = (rows, rows.Length, first);
        Array.Clear(_isOrdered);
        for (var s = 0; s < _offsets.Length; s++)
        {
            var (offsets, all) = (_offsets[s], Examples.Sequences[s].Offsets);
            var sum = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                offsets[i] = sum;
                sum += all[rows.Span[i] + 1] - all[rows.Span[i]];
            }

            offsets[rows.Length] = sum;
        }
    }

    /// <summary>Puts gradients of a node elsewhere, where they outlast the block.</summary>
    public void Share(Node node, float* gradients) => _shared[node.Index] = (nint)gradients;

    public void Dispose()
    {
        foreach (var block in _values.Concat(_gradients).Concat(_scratch).Concat(_parameterGradients))
        {
            block?.Dispose();
        }
    }
}
