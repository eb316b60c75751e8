using System.Runtime.InteropServices;

namespace Siskin.Vectors.Quantization;

/// <summary>Whole vectors, filled up with zeros to a multiple of 16 numbers so that kernels have no tails.</summary>
internal sealed class Float32Codec(VectorMetric metric, int dimensions) : RowCodec(VectorFormat.Float32, metric, dimensions)
{
    public override int RowBytes => PaddedDimensions * sizeof(float);

    public override int QueryBytes => RowBytes;

    /// <summary>Numbers of a row with its zeros.</summary>
    public int PaddedDimensions => (Dimensions + 15) & ~15;

    public override void Encode(ReadOnlySpan<float> vector, Span<byte> row)
    {
        MemoryMarshal.AsBytes(vector).CopyTo(row);
        row[(Dimensions * sizeof(float))..RowBytes].Clear();
    }

    public override void Decode(ReadOnlySpan<byte> row, Span<float> vector) =>
        MemoryMarshal.Cast<byte, float>(row)[..Dimensions].CopyTo(vector);

    public override void Prepare(ReadOnlySpan<float> query, Span<byte> prepared) => Encode(query, prepared);

    public override byte[] ToBytes() => [];
}
