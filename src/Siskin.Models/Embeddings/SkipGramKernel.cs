using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Models.Embeddings;

/// <summary>The arithmetic of one pair on padded rows, in the widest vectors that the processor has.</summary>
/// <remarks>Lengths are multiples of 16. <see cref="SkipGramReference"/> is the same in plain loops.</remarks>
internal static unsafe class SkipGramKernel
{
    private const int FloatsPerLine = 16;

    /// <summary>h · o.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* h, float* o, int length) =>
        Vector512.IsHardwareAccelerated ? Dot512(h, o, length)
        : Vector256.IsHardwareAccelerated ? Dot256(h, o, length)
        : SkipGramReference.Dot(new(h, length), new(o, length));

    /// <summary>gradient += step·o, then o += step·h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Update(float* h, float* gradient, float* o, int length, float step)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Update512(h, gradient, o, length, step);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Update256(h, gradient, o, length, step);
        }
        else
        {
            SkipGramReference.Update(new(h, length), new(gradient, length), new(o, length), step);
        }
    }

    /// <summary>y += a·x.</summary>
    public static void AddScaled(float* y, float* x, int length, float a)
    {
        var factor = Vector256.Create(a);
        for (var i = 0; i < length; i += Vector256<float>.Count)
        {
            Vector256.FusedMultiplyAdd(factor, Vector256.Load(x + i), Vector256.Load(y + i)).Store(y + i);
        }
    }

    /// <summary>Asks for a row before it is needed; rows of a large table are rarely in cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* row, int length)
    {
        if (Sse.IsSupported)
        {
            for (var i = 0; i < length; i += FloatsPerLine)
            {
                Sse.Prefetch0(row + i);
            }
        }
    }

    // Four sums hide the latency of the multiply-add; the remainder is at most three vectors.
    internal static float Dot512(float* h, float* o, int length)
    {
        var (s0, s1, s2, s3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var i = 0;
        for (; i <= length - 64; i += 64)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i), Vector512.Load(o + i), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i + 16), Vector512.Load(o + i + 16), s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i + 32), Vector512.Load(o + i + 32), s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i + 48), Vector512.Load(o + i + 48), s3);
        }

        if (i < length)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i), Vector512.Load(o + i), s0);
        }

        if (i + 16 < length)
        {
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i + 16), Vector512.Load(o + i + 16), s1);
        }

        if (i + 32 < length)
        {
            s2 = Vector512.FusedMultiplyAdd(Vector512.Load(h + i + 32), Vector512.Load(o + i + 32), s2);
        }

        return Vector512.Sum((s0 + s1) + (s2 + s3));
    }

    internal static float Dot256(float* h, float* o, int length)
    {
        var (s0, s1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < length; i += 16)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(h + i), Vector256.Load(o + i), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(h + i + 8), Vector256.Load(o + i + 8), s1);
        }

        return Vector256.Sum(s0 + s1);
    }

    internal static void Update512(float* h, float* gradient, float* o, int length, float step)
    {
        var factor = Vector512.Create(step);
        for (var i = 0; i < length; i += 16)
        {
            var row = Vector512.Load(o + i);
            Vector512.FusedMultiplyAdd(factor, row, Vector512.Load(gradient + i)).Store(gradient + i);
            Vector512.FusedMultiplyAdd(factor, Vector512.Load(h + i), row).Store(o + i);
        }
    }

    internal static void Update256(float* h, float* gradient, float* o, int length, float step)
    {
        var factor = Vector256.Create(step);
        for (var i = 0; i < length; i += 8)
        {
            var row = Vector256.Load(o + i);
            Vector256.FusedMultiplyAdd(factor, row, Vector256.Load(gradient + i)).Store(gradient + i);
            Vector256.FusedMultiplyAdd(factor, Vector256.Load(h + i), row).Store(o + i);
        }
    }
}
