using System.Runtime.InteropServices;

namespace Siskin.Vectors.Quantization;

/// <summary>Vectors in half precision, filled up with zeros to a multiple of 16 numbers so that kernels have no tails.</summary>
/// <remarks>
/// Relative error at most 2⁻¹¹ for magnitudes from 2⁻¹⁴ to 65,504, absolute error at most 2⁻²⁵ below; what is beyond is
/// kept as ±65,504, so that no score becomes infinite. The query stays in single precision.
/// </remarks>
internal sealed class Float16Codec(VectorMetric metric, int dimensions) : RowCodec(VectorFormat.Float16, metric, dimensions)
{
    public override int RowBytes => PaddedDimensions * sizeof(ushort);

    public override int QueryBytes => PaddedDimensions * sizeof(float);

    private int PaddedDimensions => (Dimensions + 15) & ~15;

    public override void Encode(ReadOnlySpan<float> vector, Span<byte> row)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(row[..RowBytes]);
        for (var i = 0; i < vector.Length; i++)
        {
            halves[i] = (Half)Math.Clamp(vector[i], (float)Half.MinValue, (float)Half.MaxValue);
        }

        halves[vector.Length..].Clear();
    }

    public override void Decode(ReadOnlySpan<byte> row, Span<float> vector)
    {
        var halves = MemoryMarshal.Cast<byte, Half>(row);
        for (var i = 0; i < Dimensions; i++)
        {
            vector[i] = (float)halves[i];
        }
    }

    public override void Prepare(ReadOnlySpan<float> query, Span<byte> prepared)
    {
        MemoryMarshal.AsBytes(query).CopyTo(prepared);
        prepared[(Dimensions * sizeof(float))..QueryBytes].Clear();
    }

    public override byte[] ToBytes() => [];
}
