namespace Siskin.Vectors.Quantization;

/// <summary>How vectors are written as rows of bytes, and queries made ready for comparison with such rows.</summary>
/// <remarks>
/// Trained once, then immutable and safe for concurrent use. Vectors and queries for cosine come in normalised; the codec
/// then treats cosine as inner product. The matching <see cref="IRowScorer{TSelf}"/> does the comparing.
/// </remarks>
internal abstract class RowCodec(VectorFormat format, VectorMetric metric, int dimensions)
{
    /// <summary>The form of the rows.</summary>
    public VectorFormat Format { get; } = format;

    /// <summary>How nearness is measured.</summary>
    public VectorMetric Metric { get; } = metric;

    /// <summary>Numbers per vector, d.</summary>
    public int Dimensions { get; } = dimensions;

    /// <summary>Bytes of a row, without padding between rows.</summary>
    public abstract int RowBytes { get; }

    /// <summary>Bytes of a prepared query; its memory is aligned to 64.</summary>
    public abstract int QueryBytes { get; }

    /// <summary>Writes a vector as a row.</summary>
    /// <param name="vector">Length d.</param>
    /// <param name="row">Output, <see cref="RowBytes"/> long.</param>
    public abstract void Encode(ReadOnlySpan<float> vector, Span<byte> row);

    /// <summary>Reads a row back, as nearly as it was kept.</summary>
    /// <param name="row"><see cref="RowBytes"/> long.</param>
    /// <param name="vector">Output, length d.</param>
    public abstract void Decode(ReadOnlySpan<byte> row, Span<float> vector);

    /// <summary>Makes a query ready to be compared with many rows.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="prepared">Output, <see cref="QueryBytes"/> long.</param>
    public abstract void Prepare(ReadOnlySpan<float> query, Span<byte> prepared);

    /// <summary>What was learned, for the file; a codec made from it by the format's own loader behaves the same.</summary>
    public abstract byte[] ToBytes();
}
