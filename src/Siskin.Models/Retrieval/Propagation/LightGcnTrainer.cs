using System.Diagnostics;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Models.Retrieval.Factors;
using Siskin.Models.Training;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Retrieval.Propagation;

/// <summary>The work of <see cref="LightGcn.Train"/>: what is trained are vectors before propagation, users' rows before items'.</summary>
internal sealed unsafe class LightGcnTrainer
{
    private readonly InteractionMatrix _interactions;
    private readonly LightGcnOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly BipartiteGraph _graph;
    private readonly Random _random;
    private readonly PaddedFactors _base;
    private readonly PaddedFactors _vectors;
    private readonly PaddedFactors _gradients;
    private readonly PaddedFactors _scratch;
    private readonly PaddedFactors _baseGradients;
    private readonly float[] _inverseNorms;
    private readonly DenseAdam _adam;
    private readonly SampledSoftmax _softmax;
    private readonly SoftmaxBatch _batch;
    private readonly (int User, int Item)[] _order;
    private readonly int[] _catalogue;
    private readonly int[] _rows;
    private int _catalogueAt;

    public LightGcnTrainer(InteractionMatrix interactions, LightGcnOptions options, CancellationToken cancellationToken)
    {
        (_interactions, _options, _cancellationToken) = (interactions, options, cancellationToken);
        _graph = new BipartiteGraph(interactions);
        _random = new Random(options.Seed);
        PaddedFactors Table() => new(_graph.NodeCount, options.Dimensions);
        (_base, _vectors, _gradients, _scratch, _baseGradients) = (Table(), Table(), Table(), Table(), Table());
        Initialize();
        _inverseNorms = new float[_graph.NodeCount];
        _adam = new DenseAdam(_base, options.Regularization);
        _softmax = new SampledSoftmax(interactions, options);
        _order = Pairs();
        _batch = new SoftmaxBatch(Math.Min(options.BatchSize, _order.Length));
        _catalogue = new int[interactions.ColumnCount];
        for (var item = 0; item < _catalogue.Length; item++)
        {
            _catalogue[item] = item;
        }

        _catalogueAt = _catalogue.Length;
        _rows = RowPartition.Create(_graph.NodeCount, _ => 1);
    }

    public FactorModel Train(IProgress<RetrievalProgress>? progress)
    {
        var start = Stopwatch.GetTimestamp();
        var batches = (_order.Length + _batch.Slopes.Length - 1) / _batch.Slopes.Length;
        for (var epoch = 1; epoch <= _options.Epochs; epoch++)
        {
            _random.Shuffle(_order);
            var loss = 0.0;
            for (var batch = 0; batch < batches; batch++)
            {
                var first = batch * _batch.Slopes.Length;
                var done = (epoch - 1 + ((double)batch / batches)) / _options.Epochs;
                var rate = _options.LearningRate * (0.01 + (0.99 * 0.5 * (1 + Math.Cos(Math.PI * done))));
                loss += Step(_order.AsSpan(first, Math.Min(_batch.Slopes.Length, _order.Length - first)), (float)rate);
            }

            if (!double.IsFinite(loss))
            {
                throw new TrainingDivergedException($"the loss of epoch {epoch} is {loss}: the learning rate {_options.LearningRate} is too high");
            }

            progress?.Report(new(epoch, _options.Epochs, loss / _order.Length, Stopwatch.GetElapsedTime(start)));
        }

        return Model();
    }

    private FactorModel Model()
    {
        _graph.Propagate(_base, _vectors, _scratch, _options.Layers, _options.Threads, _cancellationToken);
        Normalize();
        for (var item = _graph.UserCount; item < _graph.NodeCount; item++)
        {
            // What nobody took was never trained: it goes behind all that was.
            var length = _graph.Degree(item) == 0 ? 0 : MathF.Pow(_graph.Degree(item), _options.PopularityExponent);
            foreach (ref var value in _vectors.Row(item))
            {
                value *= length;
            }
        }

        var all = _vectors.ToArray();
        var split = _graph.UserCount * _options.Dimensions;
        return new FactorModel(_options.Dimensions, all[..split], all[split..]);
    }

    private double Step(ReadOnlySpan<(int User, int Item)> pairs, float rate)
    {
        _batch.Fill(pairs);
        _graph.Propagate(_base, _vectors, _scratch, _options.Layers, _options.Threads, _cancellationToken);
        Normalize();
        var loss = _softmax.Add(_batch, NextNegatives(), _vectors, _gradients, _cancellationToken);
        RowPartition.Run(_rows, _options.Threads, _cancellationToken, () => 0, (_, first, end) =>
        {
            for (var node = first; node < end; node++)
            {
                Unnormalize(node);
            }
        });
        _graph.Propagate(_gradients, _baseGradients, _scratch, _options.Layers, _options.Threads, _cancellationToken);
        _adam.Begin(rate);
        RowPartition.Run(_rows, _options.Threads, _cancellationToken, () => 0, (_, first, end) =>
        {
            _adam.Step(first, end, _baseGradients);
            new Span<float>(_gradients.Start + ((nint)first * _gradients.Stride), (end - first) * _gradients.Stride).Clear();
        });
        return loss;
    }

    private void Normalize() =>
        RowPartition.Run(_rows, _options.Threads, _cancellationToken, () => 0, (_, first, end) =>
        {
            for (var node = first; node < end; node++)
            {
                var row = _vectors.Start + ((nint)node * _vectors.Stride);
                var span = new ReadOnlySpan<float>(row, _vectors.Stride);
                var inverse = 1 / MathF.Max(MathF.Sqrt(VectorMath.Dot(span, span)), 1e-12f);
                _inverseNorms[node] = inverse;
                for (var k = 0; k < _vectors.Stride; k += Lanes16.Count)
                {
                    Lanes16.Scale(row + k, inverse, row + k);
                }
            }
        });

    // The gradient by z = x/‖x‖ becomes the one by x: (g − z·(z·g))/‖x‖.
    private void Unnormalize(int node)
    {
        var stride = _vectors.Stride;
        var row = _vectors.Start + ((nint)node * stride);
        var gradient = _gradients.Start + ((nint)node * stride);
        var along = VectorMath.Dot(new ReadOnlySpan<float>(row, stride), new ReadOnlySpan<float>(gradient, stride));
        for (var k = 0; k < stride; k += Lanes16.Count)
        {
            Lanes16.AddScaled(row + k, -along, gradient + k);
            Lanes16.Scale(gradient + k, _inverseNorms[node], gradient + k);
        }
    }

    // Walks through a shuffled catalogue, so that all items are negatives equally often.
    private ReadOnlyMemory<int> NextNegatives()
    {
        var count = _softmax.Negatives;
        if (_catalogueAt + count > _catalogue.Length)
        {
            _random.Shuffle(_catalogue);
            _catalogueAt = 0;
        }

        _catalogueAt += count;
        return _catalogue.AsMemory(_catalogueAt - count, count);
    }

    private void Initialize()
    {
        for (var node = 0; node < _base.Count; node++)
        {
            foreach (ref var value in _base.Row(node))
            {
                value = (float)(_options.InitialDeviation * _random.NextNormal());
            }
        }
    }

    private (int User, int Item)[] Pairs()
    {
        var pairs = new (int, int)[_interactions.Count];
        for (var user = 0; user < _interactions.RowCount; user++)
        {
            for (var at = _interactions.RowStarts[user]; at < _interactions.RowStarts[user + 1]; at++)
            {
                pairs[at] = (user, _interactions.Columns[at]);
            }
        }

        return pairs;
    }
}
