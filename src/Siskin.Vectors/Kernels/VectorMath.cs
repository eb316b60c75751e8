using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

/// <summary>Dense kernels over floats, halves, bytes and bits: as wide as the processor allows, else plain loops.</summary>
/// <remarks>
/// Stateless and safe for concurrent use; memory needs no alignment; nothing allocates except
/// <see cref="DotsManyToMany"/> and <see cref="SquaredL2sManyToMany"/>, which borrow a panel from a pool. Sums of floats
/// are reassociated, so that results differ from a plain loop in the last bits, and between machines of different vector
/// width. NaN and infinities travel through as in plain arithmetic.
/// </remarks>
public static partial class VectorMath
{
    /// <summary>Inner product Σ x_i·y_i; 0 for empty spans.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        return Vector512.IsHardwareAccelerated && x.Length >= 16 ? FloatKernels<Lanes512, Vector512<float>>.Dot(ref a, ref b, x.Length)
            : Vector256.IsHardwareAccelerated && x.Length >= 8 ? FloatKernels<Lanes256, Vector256<float>>.Dot(ref a, ref b, x.Length)
            : Vector128.IsHardwareAccelerated && x.Length >= 4 ? FloatKernels<Lanes128, Vector128<float>>.Dot(ref a, ref b, x.Length)
            : VectorMathReference.Dot(x, y);
    }

    /// <summary>Squared Euclidean distance Σ (x_i − y_i)²; 0 for empty spans.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float SquaredL2(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        return Vector512.IsHardwareAccelerated && x.Length >= 16 ? FloatKernels<Lanes512, Vector512<float>>.SquaredL2(ref a, ref b, x.Length)
            : Vector256.IsHardwareAccelerated && x.Length >= 8 ? FloatKernels<Lanes256, Vector256<float>>.SquaredL2(ref a, ref b, x.Length)
            : Vector128.IsHardwareAccelerated && x.Length >= 4 ? FloatKernels<Lanes128, Vector128<float>>.SquaredL2(ref a, ref b, x.Length)
            : VectorMathReference.SquaredL2(x, y);
    }

    /// <summary>Euclidean norm √(Σ x_i²). Squares above the range of float overflow to infinity.</summary>
    /// <param name="x">Any length.</param>
    public static float Norm(ReadOnlySpan<float> x) => MathF.Sqrt(Dot(x, x));

    /// <summary>Cosine of the angle between two vectors, −1 to 1 up to rounding; 0 when one of them is zero.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="y">Length d.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var norms = Norm(x) * Norm(y);
        return norms == 0 ? 0 : Dot(x, y) / norms;
    }

    /// <summary>Adds a multiple of one vector to another: y_i += a·x_i.</summary>
    /// <param name="x">Length d.</param>
    /// <param name="a">The factor.</param>
    /// <param name="y">Length d; changed in place. May be the same memory as <paramref name="x"/>, but not overlap it otherwise.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddScaled(ReadOnlySpan<float> x, float a, Span<float> y)
    {
        CheckSameLength(x.Length, y.Length);
        ref var from = ref MemoryMarshal.GetReference(x);
        ref var to = ref MemoryMarshal.GetReference(y);
        if (Vector512.IsHardwareAccelerated && x.Length >= 16)
        {
            FloatKernels<Lanes512, Vector512<float>>.AddScaled(ref from, a, ref to, x.Length);
        }
        else if (Vector256.IsHardwareAccelerated && x.Length >= 8)
        {
            FloatKernels<Lanes256, Vector256<float>>.AddScaled(ref from, a, ref to, x.Length);
        }
        else if (Vector128.IsHardwareAccelerated && x.Length >= 4)
        {
            FloatKernels<Lanes128, Vector128<float>>.AddScaled(ref from, a, ref to, x.Length);
        }
        else
        {
            VectorMathReference.AddScaled(x, a, y);
        }
    }

    /// <summary>Inner products of one query with every row of a matrix.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="d">Dimensions, at least 1.</param>
    /// <param name="scores">Output, length n.</param>
    /// <exception cref="ArgumentException">The query has not d numbers, or the rows not n·d.</exception>
    /// <remarks>Each score is bit for bit what <see cref="Dot(ReadOnlySpan{float}, ReadOnlySpan{float})"/> gives. Four rows share each load of the query, and memory ahead is asked for.</remarks>
    public static void Dots(ReadOnlySpan<float> query, ReadOnlySpan<float> rows, int d, Span<float> scores)
    {
        CheckMatrix(query.Length, rows.Length, d, scores.Length);
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var m = ref MemoryMarshal.GetReference(rows);
        if (Vector512.IsHardwareAccelerated && d >= 16)
        {
            FloatKernels<Lanes512, Vector512<float>>.Dots(ref q, ref m, d, scores);
        }
        else if (Vector256.IsHardwareAccelerated && d >= 8)
        {
            FloatKernels<Lanes256, Vector256<float>>.Dots(ref q, ref m, d, scores);
        }
        else if (Vector128.IsHardwareAccelerated && d >= 4)
        {
            FloatKernels<Lanes128, Vector128<float>>.Dots(ref q, ref m, d, scores);
        }
        else
        {
            VectorMathReference.Dots(query, rows, d, scores);
        }
    }

    /// <summary>Squared Euclidean distances of one query to every row of a matrix.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="d">Dimensions, at least 1.</param>
    /// <param name="distances">Output, length n; smaller is nearer.</param>
    /// <exception cref="ArgumentException">The query has not d numbers, or the rows not n·d.</exception>
    /// <remarks>Each distance is bit for bit what <see cref="SquaredL2(ReadOnlySpan{float}, ReadOnlySpan{float})"/> gives; reads memory as <see cref="Dots"/> does.</remarks>
    public static void SquaredL2s(ReadOnlySpan<float> query, ReadOnlySpan<float> rows, int d, Span<float> distances)
    {
        CheckMatrix(query.Length, rows.Length, d, distances.Length);
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var m = ref MemoryMarshal.GetReference(rows);
        if (Vector512.IsHardwareAccelerated && d >= 16)
        {
            FloatKernels<Lanes512, Vector512<float>>.SquaredL2s(ref q, ref m, d, distances);
        }
        else if (Vector256.IsHardwareAccelerated && d >= 8)
        {
            FloatKernels<Lanes256, Vector256<float>>.SquaredL2s(ref q, ref m, d, distances);
        }
        else if (Vector128.IsHardwareAccelerated && d >= 4)
        {
            FloatKernels<Lanes128, Vector128<float>>.SquaredL2s(ref q, ref m, d, distances);
        }
        else
        {
            VectorMathReference.SquaredL2s(query, rows, d, distances);
        }
    }

    private static void CheckSameLength(int x, int y)
    {
        if (x != y)
        {
            throw new ArgumentException($"the vectors have {x} and {y} dimensions; they must have the same number");
        }
    }

    private static void CheckMatrix(int query, int rows, int d, int count)
    {
        if (d < 1 || query != d || rows != (long)count * d)
        {
            throw new ArgumentException($"a query of {query} numbers, {rows} numbers of rows and room for {count} results do not fit {d} dimensions");
        }
    }
}
