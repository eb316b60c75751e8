using System.Numerics.Tensors;
using Siskin.Models.Graph.Operators;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Models.Graph;

/// <summary>One step of training after the other: forward, backward and update over a batch, on several threads.</summary>
/// <remarks>
/// <para>
/// Each thread takes a run of the batch and goes through it in blocks small enough that all values and gradients of a block stay
/// in its second-level cache. Gradients of dense parameters are summed over the threads, each summing and updating a slice. Rows of
/// tables are divided among the threads by id, and what a batch has for a row is summed in the order of the batch.
/// </para>
/// <para>The same steps give the same numbers to the last bit on the same number of threads. Not for concurrent use.</para>
/// </remarks>
internal sealed unsafe class TrainingStep : IDisposable
{
    private const int BlockBytes = 1 << 20;
    private const int MostBlock = 256;
    private const int LeastBlock = 16;

    private readonly ModelGraph _graph;
    private readonly ExampleTable _examples;
    private readonly Optimizer _optimizer;
    private readonly WorkerTeam _team;
    private readonly Workspace[] _workspaces;
    private readonly RowUpdates[] _rowUpdates;
    private readonly TableGradients[] _tableGradients;
    private readonly double[] _squares;
    private readonly int[][] _offsets;
    private readonly float _clipNorm;
    private readonly Action<int> _work;
    private ReadOnlyMemory<int> _rows;
    private float _rateFactor;

    /// <param name="graph">What is trained.</param>
    /// <param name="examples">Where batches come from.</param>
    /// <param name="optimizer">Of all parameters that have none of their own.</param>
    /// <param name="maxBatch">Most examples of a batch.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="clipNorm">Largest norm of all gradients together; 0 for no limit.</param>
    public TrainingStep(ModelGraph graph, ExampleTable examples, Optimizer optimizer, int maxBatch, int threads, float clipNorm = 0)
    {
        (_graph, _examples, _optimizer, _clipNorm) = (graph, examples, optimizer, clipNorm);
        _team = new WorkerTeam(threads);
        var shard = (maxBatch + threads - 1) / threads;
        var block = graph.IsBatchWide ? shard : Math.Min(shard, BlockOf(graph, examples));
        var elements = graph.Layout.Sequences.Select(sequence => checked(block * sequence.MaxLength)).ToArray();
        _workspaces = [.. Enumerable.Range(0, threads).Select(worker => new Workspace(graph, block, elements, trains: true, worker, _team))];
        _rowUpdates = [.. Enumerable.Range(0, threads).Select(worker => new RowUpdates(worker, threads))];
        _tableGradients = [.. graph.TableReads.Where(read => graph.HasGradient[read.Output.Index]).Select(read => new TableGradients(read))];
        _squares = new double[threads];
        _offsets = [.. graph.Layout.Sequences.Select(_ => new int[maxBatch + 1])];
        foreach (var op in graph.Operators)
        {
            op.Attach(threads, maxBatch);
        }

        foreach (var loss in graph.Losses)
        {
            loss.Attach(threads, maxBatch);
        }

        foreach (var parameter in graph.Parameters)
        {
            if (parameter.Kind == ParameterKind.Statistics)
            {
                continue;
            }

            var own = OptimizerOf(parameter);
            parameter.ResetStates(own.States, own.FirstState);
            own.Start(parameter);
        }

        _work = Work;
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Takes one step.</summary>
    /// <param name="rows">Numbers of the batch's examples, at least one.</param>
    /// <param name="rateFactor">Of the schedule.</param>
    /// <returns>The mean loss before the step.</returns>
    public double Run(ReadOnlyMemory<int> rows, float rateFactor = 1)
    {
        (_rows, _rateFactor) = (rows, rateFactor);
        Steps++;
        for (var s = 0; s < _offsets.Length; s++)
        {
            var (offsets, all, sum) = (_offsets[s], _examples.Sequences[s].Offsets, 0);
            for (var i = 0; i < rows.Length; i++)
            {
                offsets[i] = sum;
                sum += all[rows.Span[i] + 1] - all[rows.Span[i]];
            }

            offsets[rows.Length] = sum;
        }

        foreach (var gradients in _tableGradients)
        {
            gradients.Reserve(RowsBefore(gradients.Read, rows.Length));
        }

        _team.Run(_work);
        var loss = 0.0;
        foreach (var workspace in _workspaces)
        {
            loss += workspace.Loss;
        }

        return loss / rows.Length;
    }

    public void Dispose()
    {
        _team.Dispose();
        foreach (var workspace in _workspaces)
        {
            workspace.Dispose();
        }

        foreach (var gradients in _tableGradients)
        {
            gradients.Dispose();
        }

        // A graph may be served for long after it was trained.
        foreach (var op in _graph.Operators)
        {
            op.Detach();
        }

        foreach (var loss in _graph.Losses)
        {
            loss.Detach();
        }

        foreach (var parameter in _graph.Parameters)
        {
            parameter.ResetStates(0, 0);
        }
    }

    private static int BlockOf(ModelGraph graph, ExampleTable examples)
    {
        var bytes = 0.0;
        foreach (var node in graph.Nodes.Where(graph.IsNeeded))
        {
            var rows = node.Rows.IsExamples || examples.Count == 0 ? 1 : (double)examples.Sequences[node.Rows.Sequence].Ids.Length / examples.Count;
            bytes += rows * node.Width * sizeof(float) * (node.HasGradient ? 2 : 1);
        }

        return Math.Clamp((int)(BlockBytes / Math.Max(1, bytes)) / LeastBlock * LeastBlock, LeastBlock, MostBlock);
    }

    private Optimizer OptimizerOf(Parameter parameter) => parameter.Settings.Optimizer ?? _optimizer;

    private int RowsBefore(TableRead read, int example) => read.Output.Rows.IsExamples ? example : _offsets[read.Output.Rows.Sequence][example];

    private void Work(int worker)
    {
        var workspace = _workspaces[worker];
        var (from, to) = (_rows.Length * worker / _team.Count, _rows.Length * (worker + 1) / _team.Count);
        foreach (var op in _graph.Operators)
        {
            op.Prepare(worker, _team.Count);
        }

        foreach (var loss in _graph.Losses)
        {
            loss.Prepare(worker, _team.Count);
        }

        foreach (var gradients in _tableGradients)
        {
            gradients.ReadIds(_examples, _rows.Span[from..to], RowsBefore(gradients.Read, from));
        }

        workspace.StartBatch(_examples, _rows.Length, Steps);
        _team.Barrier();
        var block = workspace.Capacity;
        for (var first = from; first < to || (_graph.IsBatchWide && first == from); first += block)
        {
            Block(workspace, first, Math.Min(to, first + block));
        }

        _team.Barrier();
        Update(worker);
    }

    private void Block(Workspace workspace, int first, int end)
    {
        workspace.StartBlock(_rows[first..end], first);
        foreach (var gradients in _tableGradients)
        {
            workspace.Share(gradients.Read.Output, gradients.At(RowsBefore(gradients.Read, first)));
        }

        foreach (var op in _graph.Operators)
        {
            op.Forward(workspace);
        }

        foreach (var loss in _graph.Losses)
        {
            loss.Compute(workspace);
        }

        for (var i = _graph.Operators.Count - 1; i >= 0; i--)
        {
            if (_graph.HasGradient[_graph.Operators[i].Output.Index])
            {
                _graph.Operators[i].Backward(workspace);
            }
        }
    }

    private void Update(int worker)
    {
        var updates = _rowUpdates[worker];
        updates.Clear();
        if (_clipNorm > 0)
        {
            // All gradients have to be there before the first value changes.
            _squares[worker] = SumDense(worker);
            foreach (var parameter in _graph.Parameters)
            {
                updates.Collect(parameter, _tableGradients);
            }

            _squares[worker] += updates.Squares();
            _team.Barrier();
            var norm = Math.Sqrt(_squares.Sum());
            var scale = norm > _clipNorm ? (float)(_clipNorm / norm) : 1;
            UpdateDense(worker, scale);
            updates.Apply(OptimizerOf, Steps, _rateFactor, scale);
            return;
        }

        SumDense(worker);
        UpdateDense(worker, 1);
        foreach (var parameter in _graph.Parameters)
        {
            updates.Collect(parameter, _tableGradients);
            updates.Apply(OptimizerOf, Steps, _rateFactor, 1);
            updates.Clear();
        }
    }

    private (int From, int To) SliceOf(Parameter parameter, int worker)
    {
        // Whole cache lines, so that no two threads write into one.
        var lines = ((int)parameter.Length + 15) / 16;
        return (lines * worker / _team.Count * 16, Math.Min((int)parameter.Length, lines * (worker + 1) / _team.Count * 16));
    }

    private double SumDense(int worker)
    {
        var squares = 0.0;
        foreach (var parameter in _graph.Parameters)
        {
            if (parameter.Kind != ParameterKind.Dense)
            {
                continue;
            }

            var (from, to) = SliceOf(parameter, worker);
            var sums = new Span<float>(_workspaces[0].Gradients(parameter) + from, to - from);
            for (var other = 1; other < _workspaces.Length; other++)
            {
                TensorPrimitives.Add(sums, new ReadOnlySpan<float>(_workspaces[other].Gradients(parameter) + from, to - from), sums);
            }

            squares += _clipNorm > 0 ? TensorPrimitives.SumOfSquares(sums) : 0;
        }

        return squares;
    }

    private void UpdateDense(int worker, float scale)
    {
        foreach (var parameter in _graph.Parameters)
        {
            if (parameter.Kind != ParameterKind.Dense)
            {
                continue;
            }

            var (from, to) = SliceOf(parameter, worker);
            var optimizer = OptimizerOf(parameter);
            optimizer.Apply(new ParameterUpdate
            {
                Values = parameter.Values + from,
                Gradients = _workspaces[0].Gradients(parameter) + from,
                First = parameter.States > 0 ? parameter.State(0) + from : null,
                Second = parameter.States > 1 ? parameter.State(1) + from : null,
                Count = to - from,
                Rates = optimizer.Prepare(Steps, _rateFactor, parameter.Settings),
                L2 = parameter.Settings.L2,
                Scale = scale,
            });
        }
    }
}
