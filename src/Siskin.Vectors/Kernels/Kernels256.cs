using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

/// <summary>The kernels on 8 lanes. Callers have checked lengths, and that vectors hold at least 8 numbers.</summary>
internal static class Kernels256
{
    private const int Lanes = 8;

    public static float Dot(ref float x, ref float y, int length)
    {
        // Four independent sums hide the latency of the fused multiply-add.
        var s0 = Vector256<float>.Zero;
        var s1 = Vector256<float>.Zero;
        var s2 = Vector256<float>.Zero;
        var s3 = Vector256<float>.Zero;
        var i = 0;
        for (; i <= length - (4 * Lanes); i += 4 * Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Load(ref x, i), Load(ref y, i), s0);
            s1 = Vector256.FusedMultiplyAdd(Load(ref x, i + Lanes), Load(ref y, i + Lanes), s1);
            s2 = Vector256.FusedMultiplyAdd(Load(ref x, i + (2 * Lanes)), Load(ref y, i + (2 * Lanes)), s2);
            s3 = Vector256.FusedMultiplyAdd(Load(ref x, i + (3 * Lanes)), Load(ref y, i + (3 * Lanes)), s3);
        }

        for (; i <= length - Lanes; i += Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Load(ref x, i), Load(ref y, i), s0);
        }

        var sum = Vector256.Sum((s0 + s1) + (s2 + s3));
        for (; i < length; i++)
        {
            sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        }

        return sum;
    }

    public static float SquaredL2(ref float x, ref float y, int length)
    {
        var s0 = Vector256<float>.Zero;
        var s1 = Vector256<float>.Zero;
        var i = 0;
        for (; i <= length - (2 * Lanes); i += 2 * Lanes)
        {
            var d0 = Load(ref x, i) - Load(ref y, i);
            var d1 = Load(ref x, i + Lanes) - Load(ref y, i + Lanes);
            s0 = Vector256.FusedMultiplyAdd(d0, d0, s0);
            s1 = Vector256.FusedMultiplyAdd(d1, d1, s1);
        }

        for (; i <= length - Lanes; i += Lanes)
        {
            var d0 = Load(ref x, i) - Load(ref y, i);
            s0 = Vector256.FusedMultiplyAdd(d0, d0, s0);
        }

        var sum = Vector256.Sum(s0 + s1);
        for (; i < length; i++)
        {
            var difference = Unsafe.Add(ref x, i) - Unsafe.Add(ref y, i);
            sum += difference * difference;
        }

        return sum;
    }

    public static void AddScaled(ref float x, float a, ref float y, int length)
    {
        var factor = Vector256.Create(a);
        var i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            Vector256.FusedMultiplyAdd(factor, Load(ref x, i), Load(ref y, i)).StoreUnsafe(ref y, (nuint)i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref y, i) += a * Unsafe.Add(ref x, i);
        }
    }

    public static void Dots(ref float query, ref float rows, int d, Span<float> scores)
    {
        var row = 0;
        for (; row <= scores.Length - 4; row += 4)
        {
            ref var r0 = ref Unsafe.Add(ref rows, (nint)row * d);
            ref var r1 = ref Unsafe.Add(ref r0, d);
            ref var r2 = ref Unsafe.Add(ref r1, d);
            ref var r3 = ref Unsafe.Add(ref r2, d);
            var s0 = Vector256<float>.Zero;
            var s1 = Vector256<float>.Zero;
            var s2 = Vector256<float>.Zero;
            var s3 = Vector256<float>.Zero;
            var i = 0;
            for (; i <= d - Lanes; i += Lanes)
            {
                var q = Load(ref query, i);
                s0 = Vector256.FusedMultiplyAdd(q, Load(ref r0, i), s0);
                s1 = Vector256.FusedMultiplyAdd(q, Load(ref r1, i), s1);
                s2 = Vector256.FusedMultiplyAdd(q, Load(ref r2, i), s2);
                s3 = Vector256.FusedMultiplyAdd(q, Load(ref r3, i), s3);
            }

            var t0 = Vector256.Sum(s0);
            var t1 = Vector256.Sum(s1);
            var t2 = Vector256.Sum(s2);
            var t3 = Vector256.Sum(s3);
            for (; i < d; i++)
            {
                var q = Unsafe.Add(ref query, i);
                t0 += q * Unsafe.Add(ref r0, i);
                t1 += q * Unsafe.Add(ref r1, i);
                t2 += q * Unsafe.Add(ref r2, i);
                t3 += q * Unsafe.Add(ref r3, i);
            }

            scores[row] = t0;
            scores[row + 1] = t1;
            scores[row + 2] = t2;
            scores[row + 3] = t3;
        }

        for (; row < scores.Length; row++)
        {
            scores[row] = Dot(ref query, ref Unsafe.Add(ref rows, (nint)row * d), d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(ref float source, int offset) => Vector256.LoadUnsafe(ref source, (nuint)offset);
}
