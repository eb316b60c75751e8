namespace Siskin.Vectors.Quantization;

/// <summary>Makes the codec of a format.</summary>
internal static class RowCodecs
{
    /// <summary>Whether a format learns from vectors.</summary>
    public static bool Learns(VectorFormat format) => format is VectorFormat.Int8 or VectorFormat.ProductQuantized;

    /// <summary>Learns a codec from vectors.</summary>
    /// <param name="format">The format.</param>
    /// <param name="metric">How nearness is measured; for cosine the vectors are normalised already.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="sample">Row-major, n × d; may be empty for formats that learn nothing.</param>
    /// <exception cref="ArgumentException">The format learns from vectors and there are none.</exception>
    public static RowCodec Train(VectorFormat format, VectorMetric metric, int dimensions, ReadOnlySpan<float> sample) => format switch
    {
        VectorFormat.Float32 => new Float32Codec(metric, dimensions),
        VectorFormat.Float16 => new Float16Codec(metric, dimensions),
        VectorFormat.Int8Symmetric => Int8Codec.Symmetric(metric, dimensions),
        _ when sample.IsEmpty => throw new ArgumentException($"format {format} learns from vectors, and there are none"),
        VectorFormat.Int8 => Int8Codec.Train(metric, dimensions, sample),
        VectorFormat.ProductQuantized => PqCodec.Train(metric, dimensions, sample),
        _ => throw new NotSupportedException($"format {format} has no codec"),
    };

    /// <summary>Makes the codec that <see cref="RowCodec.ToBytes"/> described.</summary>
    /// <exception cref="ArgumentException">The bytes are not those of a codec of this form.</exception>
    public static RowCodec Load(VectorFormat format, VectorMetric metric, int dimensions, ReadOnlySpan<byte> bytes) => format switch
    {
        VectorFormat.Float32 => new Float32Codec(metric, dimensions),
        VectorFormat.Float16 => new Float16Codec(metric, dimensions),
        VectorFormat.Int8 or VectorFormat.Int8Symmetric => Int8Codec.FromBytes(format, metric, dimensions, bytes),
        VectorFormat.ProductQuantized => PqCodec.FromBytes(metric, dimensions, bytes),
        _ => throw new ArgumentException($"format {format} has no codec"),
    };
}
