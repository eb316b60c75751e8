using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Siskin.Vectors.Kernels;

namespace Siskin.Vectors.Quantization;

/// <summary>Inner products with rows of <see cref="Float16Codec"/>.</summary>
/// <param name="query">A prepared query.</param>
/// <param name="padded">Numbers per row, a multiple of 16.</param>
internal readonly unsafe struct Float16DotScorer(byte* query, int padded) : IRowScorer<Float16DotScorer>
{
    private readonly float* _query = (float*)query;

    public static Float16DotScorer Create(byte* query, RowCodec codec) => new(query, codec.RowBytes / sizeof(ushort));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(byte* row)
    {
        ref var halves = ref *(ushort*)row;
        return Vector512.IsHardwareAccelerated ? HalfKernels<Lanes512, Vector512<float>>.Dot(ref *_query, ref halves, padded)
            : Vector256.IsHardwareAccelerated ? HalfKernels<Lanes256, Vector256<float>>.Dot(ref *_query, ref halves, padded)
            : HalfKernels<Lanes128, Vector128<float>>.Dot(ref *_query, ref halves, padded);
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
