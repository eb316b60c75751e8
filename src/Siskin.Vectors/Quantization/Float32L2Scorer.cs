using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Quantization;

/// <summary>Squared distances, with their sign turned, to rows of <see cref="Float32Codec"/>.</summary>
/// <param name="query">A prepared query.</param>
/// <param name="padded">Numbers per row, a multiple of 16.</param>
internal readonly unsafe struct Float32L2Scorer(byte* query, int padded) : IRowScorer<Float32L2Scorer>
{
    private readonly float* _query = (float*)query;

    public static Float32L2Scorer Create(byte* query, RowCodec codec) => new(query, codec.RowBytes / sizeof(float));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(byte* row)
    {
        var x = (float*)row;
        var s0 = Vector512<float>.Zero;
        var s1 = Vector512<float>.Zero;
        var i = 0;
        for (; i <= padded - 32; i += 32)
        {
            var d0 = Vector512.Load(_query + i) - Vector512.Load(x + i);
            var d1 = Vector512.Load(_query + i + 16) - Vector512.Load(x + i + 16);
            s0 = Vector512.FusedMultiplyAdd(d0, d0, s0);
            s1 = Vector512.FusedMultiplyAdd(d1, d1, s1);
        }

        if (i < padded)
        {
            var d0 = Vector512.Load(_query + i) - Vector512.Load(x + i);
            s0 = Vector512.FusedMultiplyAdd(d0, d0, s0);
        }

        return -Vector512.Sum(s0 + s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score4(byte* r0, byte* r1, byte* r2, byte* r3, float* scores)
    {
        scores[0] = Score(r0);
        scores[1] = Score(r1);
        scores[2] = Score(r2);
        scores[3] = Score(r3);
    }
}
