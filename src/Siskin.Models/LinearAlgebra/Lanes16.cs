using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Models.LinearAlgebra;

/// <summary>Operations on runs of 16 numbers, inlined into the loops that need them.</summary>
internal static unsafe class Lanes16
{
    public const int Count = 16;

    /// <summary>y += a·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float* x, float a, float* y)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512.FusedMultiplyAdd(Vector512.Create(a), Vector512.Load(x), Vector512.Load(y)).Store(y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256.FusedMultiplyAdd(Vector256.Create(a), Vector256.Load(x), Vector256.Load(y)).Store(y);
            Vector256.FusedMultiplyAdd(Vector256.Create(a), Vector256.Load(x + 8), Vector256.Load(y + 8)).Store(y + 8);
        }
        else
        {
            for (var i = 0; i < Count; i++)
            {
                y[i] += a * x[i];
            }
        }
    }

    /// <summary>y = a·x; x and y may be the same memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(float* x, float a, float* y)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            (Vector512.Create(a) * Vector512.Load(x)).Store(y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            (Vector256.Create(a) * Vector256.Load(x)).Store(y);
            (Vector256.Create(a) * Vector256.Load(x + 8)).Store(y + 8);
        }
        else
        {
            for (var i = 0; i < Count; i++)
            {
                y[i] = a * x[i];
            }
        }
    }

    /// <summary>y = sign · Σ_k x_k·row_k over 16 rows, plus the old y if told so; y may be the same memory as x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Combine(float* rows, int stride, float* x, float sign, float* y, bool isAdded)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var even = Vector512<float>.Zero;
            var odd = Vector512<float>.Zero;
            for (var k = 0; k < Count; k += 2)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(x[k]), Vector512.Load(rows + (k * stride)), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Create(x[k + 1]), Vector512.Load(rows + ((k + 1) * stride)), odd);
            }

            var sum = Vector512.Create(sign) * (even + odd);
            (isAdded ? sum + Vector512.Load(y) : sum).Store(y);
            return;
        }

        CombineNarrow(rows, stride, x, sign, y, isAdded);
    }

    /// <summary>Inner product of n numbers, n a multiple of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* x, float* y, int n)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < n; i += Count)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(y + i), sum);
            }

            return Vector512.Sum(sum);
        }

        return Siskin.Vectors.Kernels.VectorMath.Dot(new ReadOnlySpan<float>(x, n), new ReadOnlySpan<float>(y, n));
    }

    // Apart, because stack memory in the method above would keep it from being inlined.
    private static void CombineNarrow(float* rows, int stride, float* x, float sign, float* y, bool isAdded)
    {
        var sums = stackalloc float[Count];
        new Span<float>(sums, Count).Clear();
        for (var k = 0; k < Count; k++)
        {
            AddScaled(rows + (k * stride), sign * x[k], sums);
        }

        if (isAdded)
        {
            AddScaled(sums, 1, y);
        }
        else
        {
            Scale(sums, 1, y);
        }
    }
}
