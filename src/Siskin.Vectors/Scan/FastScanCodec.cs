using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <summary>Product-quantised residuals of 4 bits per sub-space, in blocks of 32 rows that are scored together.</summary>
/// <remarks>
/// <para>
/// André, Kermarrec and Le Scouarnec 2015, in the layout of Guo et al. 2020: the 16 entries of a sub-space's table fill a register, and one shuffle looks up
/// 16 rows. Entries are rounded to bytes and summed in 16 bits; blocks without a sum that may enter cost no more than a comparison.
/// </para>
/// <para>
/// A row holds the residual r = x − c from its list's centroid. With r̂ for r as coded, the inner product is q·c + q·r̂; and
/// for L2 −‖q − c − r̂‖² = −‖q − c‖² + 2·(q − μ)·r̂ − (2·(c − μ)·r̂ + ‖r̂‖²), whatever μ is. The first part is the centroid's
/// score, the tables hold the second, and the last is kept with the row, in 16 bits. Hence one set of tables serves all
/// lists, where the usual way needs one for each. μ is the mean of the centroids, which keeps both parts small.
/// </para>
/// <para>A block is 16 bytes per sub-space, row i in the low half of byte i and row i + 16 in the high one, then for L2 32 numbers.</para>
/// </remarks>
internal sealed unsafe class FastScanCodec : ListCodec
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 32;

    /// <summary>The most sub-spaces: their sums and a row's own number fit 16 bits.</summary>
    public const int MaxSubSpaces = 128;

    private const int HeaderBytes = 64;
    private const int EntriesPerTable = 16;
    private const int MaxOnStack = 4096;
    private const float LargestOwn = ushort.MaxValue - (MaxSubSpaces * 255);

    private readonly ProductQuantizer _quantizer;
    private readonly bool _isL2;
    private readonly float[] _mean;
    private readonly float _lowest;
    private readonly float _range;
    private readonly int _groups;

    private FastScanCodec(ProductQuantizer quantizer, VectorMetric metric, float[] mean, float lowest, float range)
    {
        (_quantizer, _isL2, _mean, _lowest, _range) = (quantizer, metric == VectorMetric.L2, mean, lowest, range);
        _groups = (quantizer.SubSpaces + 3) / 4;
    }

    public override int QueryBytes => HeaderBytes + (_groups * FastScan.GroupBytes);

    public override bool IsResidual => true;

    /// <summary>Sub-spaces, m.</summary>
    public int SubSpaces => _quantizer.SubSpaces;

    private int BlockBytes => (_groups * FastScan.GroupBytes) + (_isL2 ? BlockRows * sizeof(ushort) : 0);

    /// <summary>Learns sub-spaces' centroids, and the range of the rows' own numbers.</summary>
    /// <param name="residuals">Row-major, n × d: differences from the lists' centroids.</param>
    /// <param name="centroids">Row-major, n × d: these centroids.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="subSpaces">m, 1 to d.</param>
    /// <param name="seed">Of the choice of the first centroids.</param>
    /// <param name="threads">Threads that work; 0 takes one per processor.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static FastScanCodec Train(
        ReadOnlyMemory<float> residuals, ReadOnlyMemory<float> centroids, VectorMetric metric, int dimensions, int subSpaces, ulong seed, int threads, CancellationToken cancellationToken)
    {
        var quantizer = ProductQuantizer.Train(residuals, dimensions, subSpaces, EntriesPerTable, seed, threads, cancellationToken: cancellationToken);
        var mean = KMeans.MeanOf(centroids.Span, dimensions);
        var codec = new FastScanCodec(quantizer, metric, mean, 0, 0);
        if (metric != VectorMetric.L2)
        {
            return codec;
        }

        var (lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity);
        var codes = new byte[subSpaces];
        var decoded = new float[dimensions];
        for (var start = 0; start < residuals.Length; start += dimensions)
        {
            quantizer.Encode(residuals.Span.Slice(start, dimensions), codes);
            var own = codec.Own(codes, decoded, centroids.Span.Slice(start, dimensions));
            (lowest, highest) = (Math.Min(lowest, own), Math.Max(highest, own));
        }

        return new(quantizer, metric, mean, lowest, highest - lowest);
    }

    /// <summary>Makes the codec that <see cref="ToBytes"/> described.</summary>
    /// <exception cref="ArgumentException">The bytes are not those of such a codec.</exception>
    public static FastScanCodec FromBytes(VectorMetric metric, int dimensions, ReadOnlySpan<byte> bytes)
    {
        var head = (2 + dimensions) * sizeof(float);
        if (bytes.Length < head)
        {
            throw new ArgumentException($"{bytes.Length} bytes are too few");
        }

        var own = MemoryMarshal.Cast<byte, float>(bytes[..head]);
        var quantizer = ProductQuantizer.FromBytes(dimensions, EntriesPerTable, bytes[head..]);
        return quantizer.SubSpaces <= MaxSubSpaces && own.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0 && own[1] >= 0
            ? new(quantizer, metric, own[2..].ToArray(), own[0], own[1])
            : throw new ArgumentException($"{quantizer.SubSpaces} sub-spaces, and numbers of {own[0]} to {own[0] + own[1]}");
    }

    public override long Bytes(int rows) => (rows + (long)BlockRows - 1) / BlockRows * BlockBytes;

    public override void Write(byte* codes, int row, ReadOnlySpan<float> vector, ReadOnlySpan<float> centroid)
    {
        Span<byte> names = stackalloc byte[MaxSubSpaces];
        names = names[..SubSpaces];
        var residual = new float[vector.Length];
        for (var i = 0; i < vector.Length; i++)
        {
            residual[i] = vector[i] - centroid[i];
        }

        _quantizer.Encode(residual, names);
        var block = codes + ((nint)(row / BlockRows) * BlockBytes);
        var inBlock = row % BlockRows;
        var shift = inBlock < 16 ? 0 : 4;
        for (var j = 0; j < names.Length; j++)
        {
            var at = block + (16 * j) + (inBlock & 15);
            *at = (byte)((*at & (0xF0 >> shift)) | (names[j] << shift));
        }

        if (_isL2)
        {
            var own = Own(names, residual, centroid);
            ((ushort*)(block + (_groups * FastScan.GroupBytes)))[inBlock] =
                _range > 0 ? (ushort)MathF.Round(Math.Clamp((own - _lowest) / _range, 0, 1) * ushort.MaxValue) : (ushort)0;
        }
    }

    public override void Prepare(ReadOnlySpan<float> query, byte* prepared)
    {
        Span<float> tables = stackalloc float[MaxSubSpaces * EntriesPerTable];
        tables = tables[..(SubSpaces * EntriesPerTable)];
        if (_isL2)
        {
            var shifted = query.Length <= MaxOnStack ? stackalloc float[query.Length] : new float[query.Length];
            for (var i = 0; i < shifted.Length; i++)
            {
                shifted[i] = query[i] - _mean[i];
            }

            _quantizer.DotTables(shifted, tables);
        }
        else
        {
            _quantizer.DotTables(query, tables);
        }

        var lowest = stackalloc float[MaxSubSpaces];
        var (widest, sum) = (0f, 0f);
        for (var j = 0; j < SubSpaces; j++)
        {
            var table = Vector512.Create<float>(tables.Slice(j * EntriesPerTable, EntriesPerTable));
            lowest[j] = Least(table);
            widest = Math.Max(widest, -Least(-table) - lowest[j]);
            sum += lowest[j];
        }

        var factor = _isL2 ? 2f : 1f;
        var step = Math.Max(Math.Max(factor * widest / 255, _isL2 ? _range / LargestOwn : 0), 1e-30f);
        var bytes = prepared + HeaderBytes;
        var inverse = Vector512.Create(factor / step);
        for (var j = 0; j < _groups * 4; j++)
        {
            if (j < SubSpaces)
            {
                var table = Vector512.Create<float>(tables.Slice(j * EntriesPerTable, EntriesPerTable));
                var steps = Vector512.ConvertToInt32(((table - Vector512.Create(lowest[j])) * inverse) + Vector512.Create(0.5f));
                var shorts = Vector256.Narrow(steps.GetLower(), steps.GetUpper());
                Vector128.Narrow(shorts.GetLower().AsUInt16(), shorts.GetUpper().AsUInt16()).Store(bytes + (j * EntriesPerTable));
            }
            else
            {
                Vector128<byte>.Zero.Store(bytes + (j * EntriesPerTable));
            }
        }

        var header = (float*)prepared;
        header[0] = step;
        header[1] = (factor * sum) + _lowest;
        header[2] = _isL2 ? MathF.Round(Math.Min(_range / step, LargestOwn)) : 0;
    }

    public override void Scan(byte* query, byte* codes, int* ids, int count, float centroidScore, ref Candidates candidates)
    {
        var header = (float*)query;
        var (step, offset, factor) = (header[0], header[1] + centroidScore, (ushort)header[2]);
        var tables = query + HeaderBytes;
        var sums = stackalloc ushort[BlockRows];
        var (blockBytes, groups) = (BlockBytes, _groups);
        var threshold = candidates.Threshold;
        var limit = Limit(threshold, offset, step);
        for (var first = 0; first < count && limit <= ushort.MaxValue; first += BlockRows, codes += blockBytes)
        {
            var block = FastScan.Sums(codes, tables, groups);
            if (factor > 0)
            {
                block += FastScan.Own(codes + (groups * FastScan.GroupBytes), factor);
            }

            var hits = (uint)Vector512.GreaterThanOrEqual(block, Vector512.Create((ushort)limit)).ExtractMostSignificantBits();
            if (count - first < BlockRows)
            {
                hits &= (1u << (count - first)) - 1;
            }

            if (hits == 0)
            {
                continue;
            }

            Vector512.Store(block, sums);
            for (; hits != 0; hits &= hits - 1)
            {
                var row = BitOperations.TrailingZeroCount(hits);
                candidates.Offer(ids, first + row, offset + (step * sums[row]));
            }

            if (candidates.Threshold > threshold)
            {
                threshold = candidates.Threshold;
                limit = Limit(threshold, offset, step);
            }
        }
    }

    public override byte[] ToBytes() => [.. MemoryMarshal.AsBytes<float>([_lowest, _range, .. _mean]), .. _quantizer.ToBytes()];

    // The smallest sum that may enter; 65,536 when none can.
    private static int Limit(float threshold, float offset, float step) =>
        (int)Math.Clamp(MathF.Floor((threshold - offset) / step), 0f, ushort.MaxValue + 1f);

    // −(2·(c − μ)·r̂ + ‖r̂‖²), larger being nearer like all scores.
    private float Own(ReadOnlySpan<byte> codes, Span<float> decoded, ReadOnlySpan<float> centroid)
    {
        _quantizer.Decode(codes, decoded);
        var sum = 0f;
        for (var i = 0; i < decoded.Length; i++)
        {
            sum += decoded[i] * ((2 * (centroid[i] - _mean[i])) + decoded[i]);
        }

        return -sum;
    }

    private static float Least(Vector512<float> x)
    {
        var y = Vector256.Min(x.GetLower(), x.GetUpper());
        var z = Vector128.Min(y.GetLower(), y.GetUpper());
        return Math.Min(Math.Min(z[0], z[1]), Math.Min(z[2], z[3]));
    }
}
