using System.Runtime.Intrinsics;
using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Propagation;

/// <summary>Users and items as nodes of one graph, users first; an edge weighs 1/√(degree · degree) of its two ends.</summary>
/// <remarks>
/// Â = D^−½·A·D^−½ of He et al. 2020, equation 8, in compressed rows. Â is symmetric, so that a gradient travels by the same
/// product as the vectors do. Each row is summed by one thread in one order: nothing is shared, and results repeat to the
/// last bit whatever the number of threads.
/// </remarks>
internal sealed unsafe class BipartiteGraph
{
    private const int Wide = 64;

    private readonly int[] _starts;
    private readonly int[] _neighbours;
    private readonly float[] _weights;
    private readonly int[] _runs;

    public BipartiteGraph(InteractionMatrix interactions)
    {
        var byItem = interactions.Transpose();
        UserCount = interactions.RowCount;
        NodeCount = UserCount + interactions.ColumnCount;
        _starts = new int[NodeCount + 1];
        _neighbours = new int[checked(2 * interactions.Count)];
        _weights = new float[_neighbours.Length];
        var at = 0;
        for (var node = 0; node < NodeCount; node++)
        {
            var isUser = node < UserCount;
            var ends = (isUser ? interactions.Row(node) : byItem.Row(node - UserCount)).Columns;
            foreach (var end in ends)
            {
                var degree = (isUser ? byItem : interactions).Row(end).Length;
                _neighbours[at] = isUser ? UserCount + end : end;
                _weights[at++] = (float)(1 / Math.Sqrt((double)ends.Length * degree));
            }

            _starts[node + 1] = at;
        }

        _runs = RowPartition.Create(NodeCount, node => Degree(node) + 1);
    }

    public int UserCount { get; }

    public int NodeCount { get; }

    public int Degree(int node) => _starts[node + 1] - _starts[node];

    /// <summary>target = (source + Â·source + … + Â^K·source) / (K + 1).</summary>
    /// <param name="source">Nodes × d.</param>
    /// <param name="target">Nodes × d; overwritten.</param>
    /// <param name="scratch">Nodes × d; overwritten.</param>
    /// <param name="layers">K.</param>
    /// <param name="threads">0 uses every processor.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public void Propagate(PaddedFactors source, PaddedFactors target, PaddedFactors scratch, int layers, int threads, CancellationToken cancellationToken)
    {
        if (layers == 0)
        {
            new ReadOnlySpan<float>(source.Start, source.Count * source.Stride).CopyTo(new Span<float>(target.Start, target.Count * target.Stride));
            return;
        }

        // Horner: source + Â·(source + Â·(…)); the last step writes to the target.
        var from = source;
        for (var layer = layers; layer > 0; layer--)
        {
            var to = layer % 2 == 1 ? target : scratch;
            Step(source, from, to, layer == 1 ? 1f / (layers + 1) : 1, threads, cancellationToken);
            from = to;
        }
    }

    // to = scale · (first + Â · from)
    private void Step(PaddedFactors first, PaddedFactors from, PaddedFactors to, float scale, int threads, CancellationToken cancellationToken) =>
        RowPartition.Run(_runs, threads, cancellationToken, () => 0, (_, start, end) =>
        {
            var stride = first.Stride;
            for (var node = start; node < end; node++)
            {
                var column = 0;
                for (; column + Wide <= stride; column += Wide)
                {
                    SumWide(first.Start + column, from.Start + column, to.Start + column, stride, node, scale);
                }

                for (; column < stride; column += Lanes16.Count)
                {
                    SumNarrow(first.Start + column, from.Start + column, to.Start + column, stride, node, scale);
                }
            }
        });

    // Four vectors of sums stay in registers while the neighbours' rows stream by.
    private void SumWide(float* first, float* from, float* to, int stride, int node, float scale)
    {
        var own = (nint)node * stride;
        var a = Vector512.Load(first + own);
        var b = Vector512.Load(first + own + 16);
        var c = Vector512.Load(first + own + 32);
        var d = Vector512.Load(first + own + 48);
        for (var at = _starts[node]; at < _starts[node + 1]; at++)
        {
            var row = from + ((nint)_neighbours[at] * stride);
            var weight = Vector512.Create(_weights[at]);
            a = Vector512.FusedMultiplyAdd(weight, Vector512.Load(row), a);
            b = Vector512.FusedMultiplyAdd(weight, Vector512.Load(row + 16), b);
            c = Vector512.FusedMultiplyAdd(weight, Vector512.Load(row + 32), c);
            d = Vector512.FusedMultiplyAdd(weight, Vector512.Load(row + 48), d);
        }

        (a * scale).Store(to + own);
        (b * scale).Store(to + own + 16);
        (c * scale).Store(to + own + 32);
        (d * scale).Store(to + own + 48);
    }

    private void SumNarrow(float* first, float* from, float* to, int stride, int node, float scale)
    {
        var own = (nint)node * stride;
        var sum = Vector512.Load(first + own);
        for (var at = _starts[node]; at < _starts[node + 1]; at++)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Create(_weights[at]), Vector512.Load(from + ((nint)_neighbours[at] * stride)), sum);
        }

        (sum * scale).Store(to + own);
    }
}
