using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <content>Building.</content>
public sealed unsafe partial class ScanIndex
{
    private const int Iterations = 10;
    private const int SamplePerList = 64;
    private const int RowsPerList = 39;
    private const int CodecSample = 65_536;
    private const int PartRows = 4096;

    /// <summary>Builds an index on several threads; the id of a vector is its row.</summary>
    /// <param name="rows">Row-major, n × d, finite; copied. May be empty when the format learns nothing.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">An option is out of range, the numbers are no whole number of rows, one is not finite, or the format learns from vectors and there are none.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>k-means of the lists dominates: about 64 · Iterations · lists² · d multiply-adds, and n · lists · d to part the vectors.</remarks>
    public static ScanIndex Build(ReadOnlyMemory<float> rows, int dimensions, VectorMetric metric, ScanOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Check();
        if (dimensions is < 1 or > MaxDimensions)
        {
            throw new ArgumentException($"{dimensions} dimensions; 1 to {MaxDimensions} are allowed", nameof(dimensions));
        }

        if (rows.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers are no whole number of rows of {dimensions}", nameof(rows));
        }

        if (rows.IsEmpty && RowCodecs.Learns(options.Format))
        {
            throw new ArgumentException($"format {options.Format} learns from vectors, and there are none", nameof(rows));
        }

        var at = rows.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (at >= 0)
        {
            throw new ArgumentException($"number {at % dimensions} of row {at / dimensions} is {rows.Span[at]}; only finite ones can be compared", nameof(rows));
        }

        var n = rows.Length / dimensions;
        var lists = options.Lists >= 0 ? Math.Min(options.Lists, n) : Math.Min((int)(4 * Math.Sqrt(n)), n / RowsPerList);
        options = options with { Lists = lists, SubSpaces = options.SubSpaces > 0 ? Math.Min(options.SubSpaces, dimensions) : Math.Min((dimensions + 1) / 2, FastScanCodec.MaxSubSpaces) };
        if (metric == VectorMetric.Cosine)
        {
            rows = Normalized(rows.Span, dimensions);
        }

        var nearest = new int[n];
        var centroids = new float[Math.Max(1, lists) * dimensions];
        if (lists > 1)
        {
            var sample = (int)Math.Min(int.MaxValue, (long)SamplePerList * lists);
            centroids = KMeans.Train(rows, dimensions, lists, Iterations, options.Seed, options.Threads, sample, cancellationToken);
            KMeans.Assign(rows, dimensions, centroids, nearest, options.Threads, cancellationToken);
        }

        var codec = Learn(rows, nearest, centroids, metric, dimensions, options, cancellationToken);
        var index = new ScanIndex(metric, dimensions, options, new(centroids, metric, dimensions), codec);
        try
        {
            index.Fill(rows, nearest, cancellationToken);
            if (!index.IsWhole && options.RescoreFactor == 0)
            {
                index._depth = index.MeasureDepth(rows, cancellationToken);
            }

            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    private static ListCodec Learn(
        ReadOnlyMemory<float> rows, int[] nearest, float[] centroids, VectorMetric metric, int d, ScanOptions options, CancellationToken cancellationToken)
    {
        if (options.Format != VectorFormat.ProductQuantized)
        {
            return RowListCodec.Create(RowCodecs.Train(options.Format, metric, d, rows.Span));
        }

        var count = Math.Min(CodecSample, nearest.Length);
        var residuals = new float[count * d];
        var own = new float[count * d];
        for (var i = 0; i < count; i++)
        {
            var number = (int)((long)i * nearest.Length / count);
            var centroid = centroids.AsSpan(nearest[number] * d, d);
            var row = rows.Span.Slice(number * d, d);
            centroid.CopyTo(own.AsSpan(i * d));
            for (var j = 0; j < d; j++)
            {
                residuals[(i * d) + j] = row[j] - centroid[j];
            }
        }

        return FastScanCodec.Train(residuals, own, metric, d, options.SubSpaces, options.Seed, options.Threads, cancellationToken);
    }

    private static float[] Normalized(ReadOnlySpan<float> rows, int d)
    {
        var normalized = new float[rows.Length];
        for (var start = 0; start < rows.Length; start += d)
        {
            Normalize(rows.Slice(start, d), normalized.AsSpan(start, d));
        }

        return normalized;
    }

    private void Fill(ReadOnlyMemory<float> rows, int[] nearest, CancellationToken cancellationToken)
    {
        var counts = new int[_lists.Length];
        foreach (var list in nearest)
        {
            counts[list]++;
        }

        Lay(counts, nearest.Length);
        var members = new int[nearest.Length];
        var starts = new int[_lists.Length + 1];
        for (var list = 0; list < _lists.Length; list++)
        {
            starts[list + 1] = starts[list] + counts[list];
        }

        var next = starts.AsSpan(0, _lists.Length).ToArray();
        for (var row = 0; row < nearest.Length; row++)
        {
            members[next[nearest[row]]++] = row;
        }

        // Few long lists are parted too: pieces begin at whole blocks, so that no two threads write into the same one.
        var pieces = new List<(int List, int First)>();
        for (var list = 0; list < _lists.Length; list++)
        {
            for (var first = 0; first < counts[list]; first += PartRows)
            {
                pieces.Add((list, first));
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = Options.Threads > 0 ? Options.Threads : Environment.ProcessorCount, CancellationToken = cancellationToken };
        Parallel.ForEach(pieces, options, piece =>
        {
            var last = Math.Min(piece.First + PartRows, counts[piece.List]);
            for (var i = piece.First; i < last; i++)
            {
                var row = members[starts[piece.List] + i];
                Write(_lists[piece.List], piece.List, i, row, rows.Span.Slice(row * Dimensions, Dimensions));
            }
        });
        _live = nearest.Length;
    }

    // Gives each list room for its rows, all in one piece of memory.
    private void Lay(int[] counts, int rows)
    {
        var codeBytes = 0L;
        foreach (var count in counts)
        {
            codeBytes += _codec.Bytes(count);
        }

        codeBytes = (codeBytes + 127) & ~63L;
        var idBytes = ((rows * (long)sizeof(int)) + 63) & ~63L;
        _memory = new NativeBlock(codeBytes + idBytes + ((long)rows * OriginalStride));
        var codes = _memory.Pointer;
        var ids = (int*)(codes + codeBytes);
        var originals = codes + codeBytes + idBytes;
        for (var list = 0; list < counts.Length; list++)
        {
            _lists[list] = new(codes, ids, IsWhole ? codes : originals, counts[list], -1);
            codes += _codec.Bytes(counts[list]);
            ids += counts[list];
            originals += (nint)counts[list] * OriginalStride;
        }
    }

    private void Write(ScanList list, int number, int row, int id, ReadOnlySpan<float> vector)
    {
        _codec.Write(list.Codes, row, vector, _coarse.Centroid(number));
        if (!IsWhole)
        {
            _wholeCodec.Encode(vector, new Span<byte>(list.Originals + ((nint)row * OriginalStride), OriginalStride));
        }

        Volatile.Write(ref list.Ids[row], id);
    }
}
