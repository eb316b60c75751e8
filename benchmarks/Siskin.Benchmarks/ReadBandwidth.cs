using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Benchmarks;

/// <summary>How fast one core reads memory that it has to go through once: a plain sum, unrolled over eight registers.</summary>
internal static class ReadBandwidth
{
    private const int Step = 8 * 16;
    private const int PrefetchBytes = 4096;

    private static float _sink;

    /// <summary>Seconds of one pass over the floats: without asking for memory ahead and with it, whichever is faster is the machine's.</summary>
    public static (double Plain, double Prefetching) Measure(ReadOnlySpan<float> values)
    {
        var start = Stopwatch.GetTimestamp();
        _sink += Sum(values);
        var plain = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        _sink += SumPrefetching(values);
        return (plain, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(ReadOnlySpan<float> values)
    {
        ref var start = ref MemoryMarshal.GetReference(values);
        Vector512<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        nuint i = 0;
        for (; i + Step <= (nuint)values.Length; i += Step)
        {
            a += Vector512.LoadUnsafe(ref start, i);
            b += Vector512.LoadUnsafe(ref start, i + 16);
            c += Vector512.LoadUnsafe(ref start, i + 32);
            d += Vector512.LoadUnsafe(ref start, i + 48);
            e += Vector512.LoadUnsafe(ref start, i + 64);
            f += Vector512.LoadUnsafe(ref start, i + 80);
            g += Vector512.LoadUnsafe(ref start, i + 96);
            h += Vector512.LoadUnsafe(ref start, i + 112);
        }

        return Rest(values[(int)i..], Vector512.Sum(a + b + c + d + e + f + g + h));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float SumPrefetching(ReadOnlySpan<float> values)
    {
        fixed (float* start = values)
        {
            Vector512<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
            nint i = 0;
            for (; i + Step <= values.Length; i += Step)
            {
                var at = start + i;
                if (Sse.IsSupported)
                {
                    var ahead = (byte*)at + PrefetchBytes;
                    Sse.Prefetch0(ahead);
                    Sse.Prefetch0(ahead + 64);
                    Sse.Prefetch0(ahead + 128);
                    Sse.Prefetch0(ahead + 192);
                    Sse.Prefetch0(ahead + 256);
                    Sse.Prefetch0(ahead + 320);
                    Sse.Prefetch0(ahead + 384);
                    Sse.Prefetch0(ahead + 448);
                }

                a += Vector512.Load(at);
                b += Vector512.Load(at + 16);
                c += Vector512.Load(at + 32);
                d += Vector512.Load(at + 48);
                e += Vector512.Load(at + 64);
                f += Vector512.Load(at + 80);
                g += Vector512.Load(at + 96);
                h += Vector512.Load(at + 112);
            }

            return Rest(values[(int)i..], Vector512.Sum(a + b + c + d + e + f + g + h));
        }
    }

    private static float Rest(ReadOnlySpan<float> values, float sum)
    {
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
