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

        return Siskin.Vectors.Kernels.VectorMath.Dot(new(x, n), new(y, n));
    }
}
