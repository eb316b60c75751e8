using System.Buffers;
using System.Runtime.Intrinsics;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Exact;

/// <summary>Searches for a group of queries together: the products are register-tiled, and only what may enter a list is scored as a single search does.</summary>
/// <remarks>
/// <para>
/// The tile's sums differ from a single search's in their rounding. Both are within (d + 8)·2⁻²⁴·|q|·|r| or so of the true
/// product (Higham 2002, §3.1, which holds for any order of summation), hence a row whose score by the tile, plus three times
/// this, stays under the k-th best is surely not among the k best. All others are scored again: the results, their order
/// and their scores are those of single searches.
/// </para>
/// <para>
/// Every metric is one bound, linear in the product p: p·factor + |q|·slack + offset, with three numbers per row, compared
/// with one threshold per query; 16 queries at a time. For L2 the bound stands for −|q − r|² + |q|², for cosine for cosine·|q|.
/// </para>
/// </remarks>
internal sealed unsafe class BatchSearch
{
    /// <summary>Rows and queries that are worked on together stay in the second cache.</summary>
    private const int RowBlockFloats = 64 * 1024;
    private const int GroupFloats = 192 * 1024;

    private readonly int _d;
    private readonly int _k;
    private readonly VectorMetric _metric;
    private readonly ExactSnapshot _snapshot;
    private readonly ReadOnlyMemory<float> _queries;
    private readonly Memory<int> _ids;
    private readonly Memory<float> _scores;
    private readonly float _error;

    public BatchSearch(ExactSnapshot snapshot, VectorMetric metric, int dimensions, ReadOnlyMemory<float> queries, int k, Memory<int> ids, Memory<float> scores)
    {
        (_snapshot, _metric, _d, _queries, _k, _ids, _scores) = (snapshot, metric, dimensions, queries, k, ids, scores);
        _error = 3 * (dimensions + 8) / (float)(1 << 24);
    }

    /// <summary>Queries per group, a multiple of the panel's width: what the cache holds, or less so that every thread gets a share.</summary>
    public static int GroupSize(int dimensions, int queries, int threads)
    {
        var width = QueryPanel.Width;
        var share = (queries + threads - 1) / threads;
        return Math.Max(1, (Math.Min(share, GroupFloats / dimensions) + width - 1) / width) * width;
    }

    /// <summary>Finds the nearest of queries first to first + count − 1.</summary>
    public void Run(int first, int count)
    {
        var width = QueryPanel.Width;
        var panels = (count + width - 1) / width;
        var blockRows = Math.Max(QueryPanel.TileRows, RowBlockFloats / _d / QueryPanel.TileRows * QueryPanel.TileRows);
        var memory = ArrayPool<float>.Shared.Rent((panels * width * (_d + 3)) + (3 * blockRows) + 16);
        var held = ArrayPool<int>.Shared.Rent(panels * width);
        fixed (float* start = memory)
        {
            var packed = (float*)(((nint)start + 63) & ~63);
            var group = new Group
            {
                First = first,
                Count = count,
                Packed = packed,
                Norms = packed + ((nint)panels * width * _d),
                Scales = packed + ((nint)panels * width * (_d + 1)),
                Thresholds = packed + ((nint)panels * width * (_d + 2)),
                RowFactors = packed + ((nint)panels * width * (_d + 3)),
                RowStride = blockRows,
                Held = held,
            };
            Prepare(group, panels);
            for (var i = 0; i < _snapshot.Segments.Length; i++)
            {
                var segment = _snapshot.Segments[i];
                var rows = _snapshot.CountOf(i);
                fixed (float* data = segment.Rows.Span)
                {
                    for (var row = 0; row < rows; row += blockRows)
                    {
                        Compare(group, panels, segment, data, row, Math.Min(blockRows, rows - row));
                    }
                }
            }
        }

        for (var query = first; query < first + count; query++)
        {
            Selection(query, held[query - first]).Finish();
        }

        ArrayPool<int>.Shared.Return(held);
        ArrayPool<float>.Shared.Return(memory);
    }

    private TopK Selection(int query, int held) =>
        new(_ids.Span.Slice(query * _k, _k), _scores.Span.Slice(query * _k, _k), held);

    private ReadOnlySpan<float> Query(int query) => _queries.Span.Slice(query * _d, _d);

    private void Prepare(Group group, int panels)
    {
        var width = QueryPanel.Width;
        for (var panel = 0; panel < panels; panel++)
        {
            var start = panel * width;
            var columns = Math.Min(width, group.Count - start);
            QueryPanel.Pack(_queries.Span.Slice((group.First + start) * _d, columns * _d), _d, new Span<float>(group.Packed + ((nint)start * _d), width * _d), width);
        }

        for (var i = 0; i < panels * width; i++)
        {
            // Lanes without a query never let anything pass.
            var isQuery = i < group.Count;
            group.Norms[i] = isQuery ? VectorMath.Norm(Query(group.First + i)) : 0;
            group.Scales[i] = isQuery && _metric == VectorMetric.Cosine ? ExactSegment.InverseNorm(Query(group.First + i)) : 1;
            group.Thresholds[i] = isQuery ? float.NegativeInfinity : float.PositiveInfinity;
            group.Held[i] = 0;
        }
    }

    private void Compare(Group group, int panels, ExactSegment segment, float* data, int row, int count)
    {
        var width = QueryPanel.Width;
        PrepareRows(group, segment, data, row, count);
        var tile = stackalloc float[QueryPanel.TileRows * QueryPanel.MaxWidth];
        for (var panel = 0; panel < panels; panel++)
        {
            var packed = group.Packed + ((nint)panel * width * _d);
            for (var at = 0; at < count; at += QueryPanel.TileRows)
            {
                var rows = Math.Min(QueryPanel.TileRows, count - at);
                QueryPanel.Multiply(packed, data + ((nint)(row + at) * _d), rows, _d, tile);
                for (var i = 0; i < rows; i++)
                {
                    var hits = Passing(group, tile + (i * width), panel * width, at + i);
                    for (; hits != 0; hits &= hits - 1)
                    {
                        Offer(group, (panel * width) + System.Numerics.BitOperations.TrailingZeroCount(hits), segment, row + at + i);
                    }
                }
            }
        }
    }

    private void PrepareRows(Group group, ExactSegment segment, float* data, int row, int count)
    {
        var factors = group.RowFactors;
        var slacks = factors + group.RowStride;
        var offsets = slacks + group.RowStride;
        for (var i = 0; i < count; i++)
        {
            var vector = new ReadOnlySpan<float>(data + ((nint)(row + i) * _d), _d);
            var square = _metric == VectorMetric.Cosine ? 0 : VectorMath.Dot(vector, vector);
            (factors[i], slacks[i], offsets[i]) = _metric switch
            {
                VectorMetric.Cosine => (segment.InverseNorms[row + i], _error, 0f),
                VectorMetric.InnerProduct => (1f, _error * MathF.Sqrt(square), 0f),
                _ => (2f, 2 * _error * MathF.Sqrt(square), -square * (1 - _error)),
            };

            // What products below the range of floats can lose.
            offsets[i] += 1e-36f;
        }
    }

    private static uint Passing(Group group, float* products, int query, int row)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Passing<Lanes512, Vector512<float>>(group, products, query, row) | (Passing<Lanes512, Vector512<float>>(group, products + 16, query + 16, row) << 16);
        }

        return Vector256.IsHardwareAccelerated
            ? Passing<Lanes256, Vector256<float>>(group, products, query, row) | (Passing<Lanes256, Vector256<float>>(group, products + 8, query + 8, row) << 8)
            : Passing<Lanes128, Vector128<float>>(group, products, query, row) | (Passing<Lanes128, Vector128<float>>(group, products + 4, query + 4, row) << 4);
    }

    // NaN passes: what the bound cannot judge is scored.
    private static uint Passing<TLanes, TVector>(Group group, float* products, int query, int row)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        var factors = group.RowFactors + row;
        var slack = TLanes.MultiplyAdd(TLanes.Load(ref group.Norms[query], 0), TLanes.Broadcast(factors[group.RowStride]), TLanes.Broadcast(factors[2 * group.RowStride]));
        var bound = TLanes.MultiplyAdd(TLanes.Load(ref *products, 0), TLanes.Broadcast(factors[0]), slack);
        return TLanes.NotLess(bound, TLanes.Load(ref group.Thresholds[query], 0));
    }

    private void Offer(Group group, int lane, ExactSegment segment, int row)
    {
        if (lane >= group.Count || !segment.IsAlive(row, _snapshot.Version))
        {
            return;
        }

        var query = group.First + lane;
        var scale = group.Scales[lane];
        var score = _metric == VectorMetric.L2 ? -VectorMath.SquaredL2(Query(query), segment.Row(row)) : VectorMath.Dot(Query(query), segment.Row(row));
        var selection = Selection(query, group.Held[lane]);
        selection.Push(segment.Id(row), _metric == VectorMetric.Cosine ? score * segment.InverseNorms[row] * scale : score);
        group.Held[lane] = selection.Count;
        var (worst, norm) = (selection.Threshold, group.Norms[lane]);
        group.Thresholds[lane] = _metric switch
        {
            VectorMetric.Cosine => worst / scale,
            VectorMetric.InnerProduct => worst,
            _ => worst + (norm * norm * (1 - _error)),
        };
    }

    /// <summary>A group's memory: everything by lane, then three numbers per row of the block at hand.</summary>
    private sealed class Group
    {
        public int First;
        public int Count;
        public float* Packed;
        public float* Norms;
        public float* Scales;
        public float* Thresholds;
        public float* RowFactors;
        public int RowStride;
        public int[] Held = [];
    }
}
