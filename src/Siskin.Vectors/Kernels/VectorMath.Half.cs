using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

public static partial class VectorMath
{
    /// <summary>Inner product of a float vector with one in half precision, whose numbers become floats without loss.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<Half> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref Bits(y);
        return Vector512.IsHardwareAccelerated && x.Length >= 16 ? HalfKernels<Lanes512, Vector512<float>>.Dot(ref a, ref b, x.Length)
            : Vector256.IsHardwareAccelerated && x.Length >= 8 ? HalfKernels<Lanes256, Vector256<float>>.Dot(ref a, ref b, x.Length)
            : Vector128.IsHardwareAccelerated && x.Length >= 4 ? HalfKernels<Lanes128, Vector128<float>>.Dot(ref a, ref b, x.Length)
            : VectorMathReference.Dot(x, y);
    }

    /// <summary>Squared Euclidean distance between a float vector and one in half precision.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float SquaredL2(ReadOnlySpan<float> x, ReadOnlySpan<Half> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref Bits(y);
        return Vector512.IsHardwareAccelerated && x.Length >= 16 ? HalfKernels<Lanes512, Vector512<float>>.SquaredL2(ref a, ref b, x.Length)
            : Vector256.IsHardwareAccelerated && x.Length >= 8 ? HalfKernels<Lanes256, Vector256<float>>.SquaredL2(ref a, ref b, x.Length)
            : Vector128.IsHardwareAccelerated && x.Length >= 4 ? HalfKernels<Lanes128, Vector128<float>>.SquaredL2(ref a, ref b, x.Length)
            : VectorMathReference.SquaredL2(x, y);
    }

    /// <summary>Euclidean norm of a vector in half precision, as a float.</summary>
    /// <param name="x">Any length.</param>
    public static float Norm(ReadOnlySpan<Half> x)
    {
        ref var a = ref Bits(x);
        return MathF.Sqrt(Vector512.IsHardwareAccelerated && x.Length >= 16 ? HalfKernels<Lanes512, Vector512<float>>.SquaredNorm(ref a, x.Length)
            : Vector256.IsHardwareAccelerated && x.Length >= 8 ? HalfKernels<Lanes256, Vector256<float>>.SquaredNorm(ref a, x.Length)
            : Vector128.IsHardwareAccelerated && x.Length >= 4 ? HalfKernels<Lanes128, Vector128<float>>.SquaredNorm(ref a, x.Length)
            : VectorMathReference.SquaredNorm(x));
    }

    /// <summary>Cosine of the angle between a float vector and one in half precision; 0 when one of them is zero.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Cosine(ReadOnlySpan<float> x, ReadOnlySpan<Half> y)
    {
        var norms = Norm(x) * Norm(y);
        return norms == 0 ? 0 : Dot(x, y) / norms;
    }

    private static ref ushort Bits(ReadOnlySpan<Half> x) => ref Unsafe.As<Half, ushort>(ref MemoryMarshal.GetReference(x));
}
