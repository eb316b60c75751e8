using System.Runtime.InteropServices;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Quantization;

/// <summary>One byte per number: with an offset and a step per dimension, or with a step per vector.</summary>
/// <remarks>
/// <para>
/// A row is its codes, 0 to 255, filled up to a multiple of 4, then the numbers that its score needs besides. With the
/// middle m of each dimension's range and its step s, x ≈ m + y where y = s·(c − 127.5), and q·x ≈ q·m + Σ (q_i·s_i)·(c_i − 127.5):
/// the query's weights q_i·s_i are rounded to signed bytes once, and each row costs one dot product of bytes. For L2,
/// with p = q − m, −‖q − x‖² ≈ 2·p·y − ‖y‖² − ‖p‖², and the row holds −‖y‖²: wherever the vectors lie, only their
/// differences are rounded.
/// </para>
/// <para>
/// Symmetric rows hold x ≈ t·(c − 128), t being their own step; for L2, −‖q − x‖² = 2·q·x − ‖x‖² − ‖q‖², and the row
/// holds −‖x‖² too.
/// </para>
/// </remarks>
internal sealed class Int8Codec : RowCodec
{
    /// <summary>Bytes before the weights in a prepared query.</summary>
    public const int QueryHeader = 64;

    private const float MiddleCode = 127.5f;

    private readonly float[] _offsets;
    private readonly float[] _steps;
    private readonly float[] _middles;

    private Int8Codec(VectorFormat format, VectorMetric metric, int dimensions, float[] offsets, float[] steps)
        : base(format, metric, dimensions)
    {
        (_offsets, _steps) = (offsets, steps);
        _middles = new float[offsets.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            _middles[i] = offsets[i] + (MiddleCode * steps[i]);
        }
    }

    public override int RowBytes => CodeBytes + (TailNumbers * sizeof(float));

    public override int QueryBytes => QueryHeader + ((Dimensions + 31) & ~31);

    /// <summary>Bytes of the codes, filled up to whole numbers of 4 bytes.</summary>
    public int CodeBytes => (Dimensions + 3) & ~3;

    private bool IsSymmetric => Format == VectorFormat.Int8Symmetric;

    private int TailNumbers => (IsSymmetric ? 1 : 0) + (Metric == VectorMetric.L2 ? 1 : 0);

    /// <summary>A codec with a step per vector.</summary>
    public static Int8Codec Symmetric(VectorMetric metric, int dimensions) => new(VectorFormat.Int8Symmetric, metric, dimensions, [], []);

    /// <summary>Learns offset and step of each dimension from its smallest and largest value.</summary>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="rows">Row-major, n × d; values outside the range that they span are clipped later.</param>
    public static Int8Codec Train(VectorMetric metric, int dimensions, ReadOnlySpan<float> rows)
    {
        var lowest = new float[dimensions];
        var highest = new float[dimensions];
        lowest.AsSpan().Fill(float.PositiveInfinity);
        highest.AsSpan().Fill(float.NegativeInfinity);
        for (var start = 0; start < rows.Length; start += dimensions)
        {
            var row = rows.Slice(start, dimensions);
            for (var i = 0; i < dimensions; i++)
            {
                lowest[i] = Math.Min(lowest[i], row[i]);
                highest[i] = Math.Max(highest[i], row[i]);
            }
        }

        var steps = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            if (!(lowest[i] <= highest[i]))
            {
                (lowest[i], highest[i]) = (0, 0);
            }

            steps[i] = (highest[i] / 255) - (lowest[i] / 255);
        }

        return new(VectorFormat.Int8, metric, dimensions, lowest, steps);
    }

    /// <summary>Makes the codec that <see cref="ToBytes"/> described.</summary>
    /// <exception cref="ArgumentException">The bytes are not those of a codec of this form.</exception>
    public static Int8Codec FromBytes(VectorFormat format, VectorMetric metric, int dimensions, ReadOnlySpan<byte> bytes)
    {
        if (format == VectorFormat.Int8Symmetric)
        {
            return Symmetric(metric, dimensions);
        }

        var numbers = MemoryMarshal.Cast<byte, float>(bytes);
        if (numbers.Length != 2 * dimensions)
        {
            throw new ArgumentException($"{bytes.Length} bytes hold no offset and step for each of {dimensions} dimensions");
        }

        return new(format, metric, dimensions, numbers[..dimensions].ToArray(), numbers[dimensions..].ToArray());
    }

    public override void Encode(ReadOnlySpan<float> vector, Span<byte> row)
    {
        row[Dimensions..RowBytes].Clear();
        var tail = MemoryMarshal.Cast<byte, float>(row[CodeBytes..RowBytes]);
        var squares = 0.0;
        if (IsSymmetric)
        {
            var step = LargestMagnitude(vector) / 127;
            var inverse = step > 0 ? 1 / step : 0;
            for (var i = 0; i < vector.Length; i++)
            {
                var code = (int)MathF.Round(Math.Clamp(vector[i] * inverse, -127f, 127f));
                row[i] = (byte)(code + 128);
                squares += (double)code * code;
            }

            tail[0] = step;
            squares *= (double)step * step;
        }
        else
        {
            for (var i = 0; i < vector.Length; i++)
            {
                var step = _steps[i];
                var code = step > 0 ? MathF.Round(Math.Clamp((vector[i] - _offsets[i]) / step, 0f, 255f)) : 0;
                row[i] = (byte)code;
                var value = step * (code - MiddleCode);
                squares += (double)value * value;
            }
        }

        if (Metric == VectorMetric.L2)
        {
            tail[^1] = (float)-squares;
        }
    }

    public override void Decode(ReadOnlySpan<byte> row, Span<float> vector)
    {
        if (IsSymmetric)
        {
            var step = MemoryMarshal.Read<float>(row[CodeBytes..]);
            for (var i = 0; i < Dimensions; i++)
            {
                vector[i] = step * (row[i] - 128);
            }
        }
        else
        {
            for (var i = 0; i < Dimensions; i++)
            {
                vector[i] = _offsets[i] + (_steps[i] * row[i]);
            }
        }
    }

    public override void Prepare(ReadOnlySpan<float> query, Span<byte> prepared)
    {
        var header = MemoryMarshal.Cast<byte, float>(prepared[..QueryHeader]);
        var weights = MemoryMarshal.Cast<byte, sbyte>(prepared[QueryHeader..QueryBytes]);
        var largest = 0f;
        for (var i = 0; i < query.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(Scaled(query, i)));
        }

        var step = largest / 127;
        var inverse = step > 0 ? 1 / step : 0;
        var sum = 0;
        for (var i = 0; i < query.Length; i++)
        {
            var weight = (int)MathF.Round(Math.Clamp(Scaled(query, i) * inverse, -127f, 127f));
            weights[i] = (sbyte)weight;
            sum += weight;
        }

        weights[query.Length..].Clear();
        var isL2 = Metric == VectorMetric.L2;
        header[0] = isL2 ? 2 * step : step;
        if (IsSymmetric)
        {
            header[1] = -128f * sum * header[0];
            header[2] = isL2 ? -VectorMath.Dot(query, query) : 0;
        }
        else
        {
            header[1] = (-MiddleCode * sum * header[0]) + (isL2 ? -VectorMath.SquaredL2(query, _middles) : VectorMath.Dot(query, _middles));
            header[2] = 0;
        }
    }

    public override byte[] ToBytes() =>
        [.. MemoryMarshal.AsBytes(_offsets.AsSpan()), .. MemoryMarshal.AsBytes(_steps.AsSpan())];

    private float Scaled(ReadOnlySpan<float> query, int i) =>
        IsSymmetric ? query[i] : (Metric == VectorMetric.L2 ? query[i] - _middles[i] : query[i]) * _steps[i];

    private static float LargestMagnitude(ReadOnlySpan<float> vector)
    {
        var largest = 0f;
        foreach (var x in vector)
        {
            largest = Math.Max(largest, Math.Abs(x));
        }

        return largest;
    }
}
