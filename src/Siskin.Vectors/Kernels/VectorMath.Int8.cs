using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Vectors.Kernels;

public static partial class VectorMath
{
    /// <summary>Inner product of signed bytes; exact up to 131,071 dimensions, beyond which 32 bits may overflow.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int Dot(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        return AvxVnni.IsSupported ? Int8Kernels.DotVnni(ref a, ref b, x.Length)
            : Avx512BW.IsSupported ? Int8Kernels.Dot512(ref a, ref b, x.Length)
            : Avx2.IsSupported ? Int8Kernels.Dot256(ref a, ref b, x.Length)
            : Vector128.IsHardwareAccelerated ? Int8Kernels.Dot128(ref a, ref b, x.Length)
            : VectorMathReference.Dot(x, y);
    }

    /// <summary>Inner product of bytes with signed bytes; exact up to 65,793 dimensions, beyond which 32 bits may overflow.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int Dot(ReadOnlySpan<byte> x, ReadOnlySpan<sbyte> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        return AvxVnni.IsSupported ? Int8Kernels.DotVnni(ref a, ref b, x.Length)
            : Avx512BW.IsSupported ? Int8Kernels.Dot512(ref a, ref b, x.Length)
            : Avx2.IsSupported ? Int8Kernels.Dot256(ref a, ref b, x.Length)
            : Vector128.IsHardwareAccelerated ? Int8Kernels.Dot128(ref a, ref b, x.Length)
            : VectorMathReference.Dot(x, y);
    }

    /// <summary>Squared Euclidean distance of signed bytes; exact up to 33,025 dimensions, beyond which 32 bits may overflow.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static int SquaredL2(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y) => Dot(x, x) + Dot(y, y) - (2 * Dot(x, y));

    /// <summary>Cosine of the angle between vectors of signed bytes; 0 when one of them is zero.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Cosine(ReadOnlySpan<sbyte> x, ReadOnlySpan<sbyte> y)
    {
        var norms = Math.Sqrt(Dot(x, x)) * Math.Sqrt(Dot(y, y));
        return norms == 0 ? 0 : (float)(Dot(x, y) / norms);
    }
}
