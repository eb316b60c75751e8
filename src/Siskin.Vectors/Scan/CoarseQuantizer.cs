using Siskin.Vectors.Kernels;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <summary>The centroids of the lists, and which of them are near a query.</summary>
/// <remarks>
/// Ranked by their bytes, a fourth of the memory to read. Vectors go to the list of the nearest centroid, so queries do too;
/// only for the inner product the largest product with the centroid counts. Immutable.
/// </remarks>
internal sealed unsafe class CoarseQuantizer : IDisposable
{
    private readonly VectorMetric _metric;
    private readonly int _d;
    private readonly float[] _centroids;
    private readonly Int8Codec _codec;
    private readonly NativeBlock _rows;

    /// <summary>Takes centroids.</summary>
    /// <param name="centroids">Row-major, lists × d, at least one.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="d">Dimensions.</param>
    public CoarseQuantizer(float[] centroids, VectorMetric metric, int d)
    {
        (_centroids, _metric, _d) = (centroids, metric, d);
        Lists = centroids.Length / d;
        _codec = Int8Codec.Train(metric == VectorMetric.InnerProduct ? metric : VectorMetric.L2, d, centroids);
        _rows = new((long)Lists * _codec.RowBytes);
        for (var i = 0; i < Lists; i++)
        {
            _codec.Encode(Centroid(i), new Span<byte>(_rows.Pointer + ((nint)i * _codec.RowBytes), _codec.RowBytes));
        }
    }

    /// <summary>How many lists.</summary>
    public int Lists { get; }

    /// <summary>Bytes of a prepared query.</summary>
    public int QueryBytes => _codec.QueryBytes;

    /// <summary>Bytes held.</summary>
    public long Bytes => (_centroids.Length * (long)sizeof(float)) + _rows.Length;

    /// <summary>All centroids, row-major.</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    /// <summary>A list's centroid.</summary>
    public ReadOnlySpan<float> Centroid(int list) => _centroids.AsSpan(list * _d, _d);

    /// <summary>The list that a vector belongs to.</summary>
    public int Nearest(ReadOnlySpan<float> vector)
    {
        var (best, at) = (float.PositiveInfinity, 0);
        for (var i = 0; i < Lists; i++)
        {
            var distance = VectorMath.SquaredL2(vector, Centroid(i));
            if (distance < best)
            {
                (best, at) = (distance, i);
            }
        }

        return at;
    }

    /// <summary>Scores all centroids by their bytes.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="prepared">Room for <see cref="QueryBytes"/>, aligned to 64.</param>
    /// <param name="scores">Output, one per list: finite, larger for lists to be scanned earlier.</param>
    public void Score(ReadOnlySpan<float> query, byte* prepared, float* scores)
    {
        if (Lists == 1)
        {
            scores[0] = 0;
            return;
        }

        _codec.Prepare(query, new Span<byte>(prepared, _codec.QueryBytes));
        if (_codec.Metric == VectorMetric.L2)
        {
            Score<Int8Scorer<Int8Tails.L2>>(prepared, scores);
        }
        else
        {
            Score<Int8Scorer<Int8Tails.Dot>>(prepared, scores);
        }

        // Numbers near the end of their range make infinite scores, and the difference of two is none.
        for (var i = 0; i < Lists; i++)
        {
            scores[i] = scores[i] >= float.MinValue ? scores[i] : float.MinValue;
        }
    }

    /// <summary>The part of a residual row's score that its list decides: q·c, or −‖q − c‖² for L2.</summary>
    public float ResidualScore(ReadOnlySpan<float> query, int list) =>
        _metric == VectorMetric.L2 ? -VectorMath.SquaredL2(query, Centroid(list)) : VectorMath.Dot(query, Centroid(list));

    public void Dispose() => _rows.Dispose();

    private void Score<TScorer>(byte* prepared, float* scores)
        where TScorer : struct, IRowScorer<TScorer>
    {
        var scorer = TScorer.Create(prepared, _codec);
        var stride = _codec.RowBytes;
        var row = _rows.Pointer;
        var i = 0;
        for (; i <= Lists - 4; i += 4, row += 4 * stride)
        {
            scorer.Score4(row, row + stride, row + (2 * stride), row + (3 * stride), scores + i);
        }

        for (; i < Lists; i++, row += stride)
        {
            scores[i] = scorer.Score(row);
        }
    }
}
