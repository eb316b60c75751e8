using System.Runtime.InteropServices;

namespace Siskin.Vectors.Quantization;

/// <summary>Product-quantised rows: a byte for every four dimensions, naming one of 256 learned centroids.</summary>
/// <remarks>
/// A prepared query is its inner products with all centroids, or its squared distances to them with their sign turned; a
/// row's score is the sum of one entry per byte (asymmetric distances; Jégou, Douze and Schmid 2011).
/// </remarks>
internal sealed class PqCodec : RowCodec
{
    private const int Centroids = 256;
    private const int DimensionsPerByte = 4;
    private const int SampleRows = 16_384;
    private const ulong Seed = 1;

    private readonly ProductQuantizer _quantizer;

    private PqCodec(VectorMetric metric, ProductQuantizer quantizer)
        : base(VectorFormat.ProductQuantized, metric, quantizer.Dimensions) => _quantizer = quantizer;

    public override int RowBytes => _quantizer.SubSpaces;

    public override int QueryBytes => _quantizer.SubSpaces * Centroids * sizeof(float);

    /// <summary>Learns the centroids, of at most 16,384 rows spread evenly.</summary>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="rows">Row-major, n × d, n at least 1.</param>
    public static PqCodec Train(VectorMetric metric, int dimensions, ReadOnlySpan<float> rows)
    {
        var n = rows.Length / dimensions;
        var count = Math.Min(n, SampleRows);
        var sample = new float[count * dimensions];
        for (var i = 0; i < count; i++)
        {
            var row = (int)((long)i * n / count);
            rows.Slice(row * dimensions, dimensions).CopyTo(sample.AsSpan(i * dimensions));
        }

        var subSpaces = (dimensions + DimensionsPerByte - 1) / DimensionsPerByte;
        return new(metric, ProductQuantizer.Train(sample, dimensions, subSpaces, Centroids, Seed));
    }

    /// <summary>Makes the codec that <see cref="ToBytes"/> described.</summary>
    /// <exception cref="ArgumentException">The bytes are not those of such a codec.</exception>
    public static PqCodec FromBytes(VectorMetric metric, int dimensions, ReadOnlySpan<byte> bytes) =>
        new(metric, ProductQuantizer.FromBytes(dimensions, Centroids, bytes));

    public override void Encode(ReadOnlySpan<float> vector, Span<byte> row) => _quantizer.Encode(vector, row);

    public override void Decode(ReadOnlySpan<byte> row, Span<float> vector) => _quantizer.Decode(row, vector);

    public override void Prepare(ReadOnlySpan<float> query, Span<byte> prepared)
    {
        var tables = MemoryMarshal.Cast<byte, float>(prepared[..QueryBytes]);
        if (Metric != VectorMetric.L2)
        {
            _quantizer.DotTables(query, tables);
            return;
        }

        _quantizer.SquaredL2Tables(query, tables);
        foreach (ref var entry in tables)
        {
            entry = -entry;
        }
    }

    public override byte[] ToBytes() => _quantizer.ToBytes();
}
