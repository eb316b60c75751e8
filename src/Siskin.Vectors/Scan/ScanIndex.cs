using System.Collections.Concurrent;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <summary>Approximate nearest neighbours by scanning compressed vectors, of the lists near the query or all, and scoring the best again.</summary>
/// <remarks>
/// <para>
/// An inverted file (Jégou, Douze and Schmid 2011): k-means centroids part the vectors into lists, and a search scans the
/// lists whose centroids are nearest. What is scanned is <see cref="ScanOptions.Format"/>; unless that is
/// whole vectors, the best are scored again with these. <see cref="SearchOptions.Effort"/> is the number of lists
/// scanned. A search that found fewer than k in them goes on to further lists: k are found whenever so many may be. How
/// many are scored again is measured while building unless <see cref="ScanOptions.RescoreFactor"/> says it.
/// </para>
/// <para>
/// Searches, <see cref="Add"/> and <see cref="Remove"/> run beside each other from any threads; changes wait for each
/// other, searches take no lock except when vectors are replaced beside them three times. Centroids and codes stay what they were learned as: an index whose vectors have become
/// very different should be built anew.
/// </para>
/// <para>Memory that <see cref="Build"/> took for a list that has since grown is given back with the index.</para>
/// </remarks>
public sealed unsafe partial class ScanIndex : IVectorIndex
{
    /// <summary>The most dimensions a vector can have.</summary>
    public const int MaxDimensions = 1 << 16;

    // An entry of the dictionary of places: hash, next, key, value and its bucket.
    private const long PlaceBytes = 24;

    private readonly Float32Codec _wholeCodec;
    private readonly CoarseQuantizer _coarse;
    private readonly ListCodec _codec;
    private readonly ScanList[] _lists;
    private readonly ConcurrentBag<ScanScratch> _scratch = [];
    private NativeBlock? _memory;
    private int _live;
    private volatile bool _isDisposed;

    private ScanIndex(VectorMetric metric, int dimensions, ScanOptions options, CoarseQuantizer coarse, ListCodec codec)
    {
        _wholeCodec = new(metric, dimensions);
        (Options, _coarse, _codec) = (options, coarse, codec);
        _lists = new ScanList[coarse.Lists];
        _depth = new(IsWhole ? 1 : options.RescoreFactor > 0 ? options.RescoreFactor : DefaultFactor);
    }

    /// <inheritdoc/>
    public VectorMetric Metric => _wholeCodec.Metric;

    /// <inheritdoc/>
    public int Dimensions => _wholeCodec.Dimensions;

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _live);

    /// <summary>How it was built and is searched; <see cref="ScanOptions.Lists"/> as it was decided.</summary>
    public ScanOptions Options { get; }

    /// <inheritdoc/>
    public IndexMemory Memory
    {
        get
        {
            var (codes, originals, rows) = (0L, 0L, 0L);
            for (var i = 0; i < _lists.Length; i++)
            {
                var list = Volatile.Read(ref _lists[i]);
                rows += list.Count;
                codes += _codec.Bytes(list.Count);
                originals += list.Count * (long)OriginalStride;
            }

            var places = (Volatile.Read(ref _places)?.Count ?? 0) * PlaceBytes;
            return new(codes, _coarse.Bytes + (rows * sizeof(int)) + (_lists.Length * 64L) + places, originals - _mappedOriginals, _mappedOriginals);
        }
    }

    // Before anything was measured.
    private float DefaultFactor => Options.Format == VectorFormat.ProductQuantized ? 5 : 2;

    private bool IsWhole => Options.Format == VectorFormat.Float32;

    // Bytes of a whole row beside the codes.
    private int OriginalStride => IsWhole ? 0 : _wholeCodec.RowBytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_changes)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        foreach (var list in _lists)
        {
            list?.Free();
        }

        foreach (var scratch in _scratch)
        {
            scratch.Dispose();
        }

        _coarse.Dispose();
        _memory?.Dispose();
        _file?.Dispose();
    }

    private void CheckVector(ReadOnlySpan<float> vector, string what)
    {
        if (vector.Length != Dimensions)
        {
            throw new ArgumentException($"the {what} has {vector.Length} dimensions, the index {Dimensions}", what);
        }

        var at = vector.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (at >= 0)
        {
            throw new ArgumentException($"number {at} of the {what} is {vector[at]}; only finite ones can be compared", what);
        }
    }

    // As it is kept: of length 1 for cosine.
    private void Take(ReadOnlySpan<float> vector, Span<float> target)
    {
        if (Metric == VectorMetric.Cosine)
        {
            Normalize(vector, target);
        }
        else
        {
            vector.CopyTo(target);
        }
    }

    private static void Normalize(ReadOnlySpan<float> vector, Span<float> target)
    {
        vector.CopyTo(target);
        var norm = VectorMath.Norm(target);
        if (float.IsPositiveInfinity(norm) || (norm > 0 && norm < 1e-18f))
        {
            // Squares left the range of float: bring the largest number to 1 first.
            var largest = 0f;
            foreach (var x in target)
            {
                largest = Math.Max(largest, Math.Abs(x));
            }

            foreach (ref var x in target)
            {
                x /= largest;
            }

            norm = VectorMath.Norm(target);
        }

        foreach (ref var x in target)
        {
            x = norm > 0 ? x / norm : 0;
        }
    }
}
