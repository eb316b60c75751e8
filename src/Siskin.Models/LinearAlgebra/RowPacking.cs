using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Siskin.Models.LinearAlgebra;

/// <summary>Turns up to eight rows into columns that lie side by side, as the tiles of a product read them.</summary>
internal static unsafe class RowPacking
{
    /// <summary>target[k × step + i] = source[i × stride + k]; rows behind the last are zero.</summary>
    /// <param name="source">rows × depth.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="rows">0 to 8.</param>
    /// <param name="depth">Numbers per row.</param>
    /// <param name="target">depth rows of at least eight numbers.</param>
    /// <param name="step">From one row of the target to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* source, nint stride, int rows, int depth, float* target, nint step)
    {
        if (rows < GemmTile.Rows)
        {
            PackSome(source, stride, rows, depth, target, step);
            return;
        }

        var k = 0;
        if (Sse.IsSupported)
        {
            for (; k + 4 <= depth; k += 4)
            {
                Four(source + k, stride, target + (k * step), step);
                Four(source + (4 * stride) + k, stride, target + (k * step) + 4, step);
            }
        }

        for (; k < depth; k++)
        {
            for (var i = 0; i < GemmTile.Rows; i++)
            {
                target[(k * step) + i] = source[(i * stride) + k];
            }
        }
    }

    /// <summary>Cuts rows into strips of eight numbers, strip after strip: target[(s × depth + k) × 8 + i] = source[k × stride + 8s + i].</summary>
    /// <param name="source">depth × count.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="count">0 or more; behind the last number of the last strip are zeros.</param>
    /// <param name="depth">Rows.</param>
    /// <param name="target">As many strips as hold count, depth × 8 each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint stride, int count, int depth, float* target)
    {
        var whole = count - (count % GemmTile.Rows);
        for (var k = 0; k < depth; k++, source += stride, target += GemmTile.Rows)
        {
            var strip = target;
            for (var i = 0; i < whole; i += GemmTile.Rows, strip += depth * GemmTile.Rows)
            {
                Vector128.Load(source + i).Store(strip);
                Vector128.Load(source + i + 4).Store(strip + 4);
            }

            for (var i = whole; i < count; i++)
            {
                strip[i - whole] = source[i];
            }

            for (var i = count - whole; i > 0 && i < GemmTile.Rows; i++)
            {
                strip[i] = 0;
            }
        }
    }

    private static void PackSome(float* source, nint stride, int rows, int depth, float* target, nint step)
    {
        for (var k = 0; k < depth; k++)
        {
            for (var i = 0; i < GemmTile.Rows; i++)
            {
                target[(k * step) + i] = i < rows ? source[(i * stride) + k] : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(float* source, nint stride, float* target, nint step)
    {
        var a = Vector128.Load(source);
        var b = Vector128.Load(source + stride);
        var c = Vector128.Load(source + (2 * stride));
        var d = Vector128.Load(source + (3 * stride));
        var low = Sse.UnpackLow(a, b);
        var lower = Sse.UnpackLow(c, d);
        var high = Sse.UnpackHigh(a, b);
        var higher = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(low, lower).Store(target);
        Sse.MoveHighToLow(lower, low).Store(target + step);
        Sse.MoveLowToHigh(high, higher).Store(target + (2 * step));
        Sse.MoveHighToLow(higher, high).Store(target + (3 * step));
    }
}
