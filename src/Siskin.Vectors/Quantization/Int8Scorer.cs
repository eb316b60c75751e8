using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Quantization;

/// <summary>Scores rows of <see cref="Int8Codec"/>: unsigned codes times signed weights, summed in 32 bits.</summary>
/// <param name="query">A prepared query.</param>
/// <param name="dimensions">d.</param>
/// <typeparam name="TTail">What is done with the dot product.</typeparam>
internal readonly unsafe struct Int8Scorer<TTail>(byte* query, int dimensions) : IRowScorer<Int8Scorer<TTail>>
    where TTail : struct, IInt8Tail
{
    private const int Lanes = 32;

    private readonly sbyte* _weights = (sbyte*)query + Int8Codec.QueryHeader;
    private readonly float* _header = (float*)query;

    // Loads run past the codes into the tail and the next row; the weights there are zero.
    private readonly int _padded = (dimensions + Lanes - 1) & -Lanes;
    private readonly int _tail = (dimensions + 3) & ~3;

    public static Int8Scorer<TTail> Create(byte* query, RowCodec codec) => new(query, codec.Dimensions);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(byte* row)
    {
        var sum = Vector256<int>.Zero;
        for (var i = 0; i < _padded; i += Lanes)
        {
            sum = MultiplyAdd(sum, Vector256.Load(row + i), Vector256.Load(_weights + i));
        }

        return TTail.Finish(Vector256.Sum(sum), (float*)(row + _tail), _header);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score4(byte* r0, byte* r1, byte* r2, byte* r3, float* scores)
    {
        var s0 = Vector256<int>.Zero;
        var s1 = Vector256<int>.Zero;
        var s2 = Vector256<int>.Zero;
        var s3 = Vector256<int>.Zero;
        for (var i = 0; i < _padded; i += Lanes)
        {
            var weights = Vector256.Load(_weights + i);
            s0 = MultiplyAdd(s0, Vector256.Load(r0 + i), weights);
            s1 = MultiplyAdd(s1, Vector256.Load(r1 + i), weights);
            s2 = MultiplyAdd(s2, Vector256.Load(r2 + i), weights);
            s3 = MultiplyAdd(s3, Vector256.Load(r3 + i), weights);
        }

        var sums = Sum4(s0, s1, s2, s3);
        scores[0] = TTail.Finish(sums.GetElement(0), (float*)(r0 + _tail), _header);
        scores[1] = TTail.Finish(sums.GetElement(1), (float*)(r1 + _tail), _header);
        scores[2] = TTail.Finish(sums.GetElement(2), (float*)(r2 + _tail), _header);
        scores[3] = TTail.Finish(sums.GetElement(3), (float*)(r3 + _tail), _header);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<byte> codes, Vector256<sbyte> weights)
    {
        if (AvxVnni.IsSupported)
        {
            return AvxVnni.MultiplyWideningAndAdd(sum, codes, weights);
        }

        // 255 · 127 fits 16 bits, the sum of two such products does not.
        var low = Vector256.WidenLower(codes).AsInt16() * Vector256.WidenLower(weights);
        var high = Vector256.WidenUpper(codes).AsInt16() * Vector256.WidenUpper(weights);
        return sum + Vector256.WidenLower(low) + Vector256.WidenUpper(low) + Vector256.WidenLower(high) + Vector256.WidenUpper(high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sum4(Vector256<int> s0, Vector256<int> s1, Vector256<int> s2, Vector256<int> s3)
    {
        if (Avx2.IsSupported)
        {
            var pairs = Avx2.HorizontalAdd(Avx2.HorizontalAdd(s0, s1), Avx2.HorizontalAdd(s2, s3));
            return pairs.GetLower() + pairs.GetUpper();
        }

        return Vector128.Create(Vector256.Sum(s0), Vector256.Sum(s1), Vector256.Sum(s2), Vector256.Sum(s3));
    }
}
