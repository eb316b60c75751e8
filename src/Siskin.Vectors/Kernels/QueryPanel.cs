using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Vectors.Kernels;

/// <summary>
/// The register-tiled product behind many-to-many: up to <see cref="Width"/> vectors lie side by side, number k of all of
/// them together, and each multiply-add works on a register's worth of them at once, without sums across lanes.
/// </summary>
/// <remarks>
/// Twelve registers of sums (6 rows × 2 registers of the panel) keep two multiply-add units busy through their latency, and
/// fit the 16 registers of AVX2 too. Per step of k: 2 loads of the panel, 6 broadcasts of rows, 12 multiply-adds
/// (Goto and van de Geijn 2008, with the dot product's dimension innermost because d is small).
/// </remarks>
internal static unsafe class QueryPanel
{
    /// <summary>Rows per tile.</summary>
    public const int TileRows = 6;

    /// <summary>The largest <see cref="Width"/>.</summary>
    public const int MaxWidth = 32;

    /// <summary>Vectors per panel on this processor: two registers.</summary>
    public static int Width => Vector512.IsHardwareAccelerated ? 32 : Vector256.IsHardwareAccelerated ? 16 : 8;

    /// <summary>Puts vectors side by side.</summary>
    /// <param name="vectors">Row-major, count × d, with count from 1 to <paramref name="width"/>.</param>
    /// <param name="d">Dimensions.</param>
    /// <param name="panel">Output, d × width; lanes without a vector become 0.</param>
    /// <param name="width">Width of the panel.</param>
    public static void Pack(ReadOnlySpan<float> vectors, int d, Span<float> panel, int width)
    {
        var count = vectors.Length / d;
        if (count < width)
        {
            panel[..(d * width)].Clear();
        }

        for (var lane = 0; lane < count; lane++)
        {
            var vector = vectors.Slice(lane * d, d);
            ref var column = ref panel[lane];
            for (var k = 0; k < d; k++)
            {
                Unsafe.Add(ref column, (nint)k * width) = vector[k];
            }
        }
    }

    /// <summary>Inner products of some rows with all vectors of a panel.</summary>
    /// <param name="panel">d × width.</param>
    /// <param name="rows">First row; the next ones follow every d numbers.</param>
    /// <param name="count">1 to <see cref="TileRows"/>.</param>
    /// <param name="d">Dimensions.</param>
    /// <param name="tile">Output, <see cref="TileRows"/> × width; rows from <paramref name="count"/> on repeat the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(float* panel, float* rows, int count, int d, float* tile)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply<Lanes512, Vector512<float>>(panel, rows, count, d, tile);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Multiply<Lanes256, Vector256<float>>(panel, rows, count, d, tile);
        }
        else
        {
            Multiply<Lanes128, Vector128<float>>(panel, rows, count, d, tile);
        }
    }

    public static void Multiply<TLanes, TVector>(float* panel, float* rows, int count, nint d, float* tile)
        where TLanes : struct, ISimdLanes<TVector>
        where TVector : struct
    {
        var last = count - 1;
        var r0 = rows;
        var r1 = rows + (Math.Min(1, last) * d);
        var r2 = rows + (Math.Min(2, last) * d);
        var r3 = rows + (Math.Min(3, last) * d);
        var r4 = rows + (Math.Min(4, last) * d);
        var r5 = rows + (last * d);
        var zero = TLanes.Broadcast(0);
        TVector a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero, a5 = zero;
        TVector b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero, b5 = zero;
        for (nint k = 0; k < d; k++)
        {
            var p0 = TLanes.Load(ref *panel, 0);
            var p1 = TLanes.Load(ref *panel, TLanes.Count);
            panel += 2 * TLanes.Count;
            var x = TLanes.Broadcast(r0[k]);
            a0 = TLanes.MultiplyAdd(p0, x, a0);
            b0 = TLanes.MultiplyAdd(p1, x, b0);
            x = TLanes.Broadcast(r1[k]);
            a1 = TLanes.MultiplyAdd(p0, x, a1);
            b1 = TLanes.MultiplyAdd(p1, x, b1);
            x = TLanes.Broadcast(r2[k]);
            a2 = TLanes.MultiplyAdd(p0, x, a2);
            b2 = TLanes.MultiplyAdd(p1, x, b2);
            x = TLanes.Broadcast(r3[k]);
            a3 = TLanes.MultiplyAdd(p0, x, a3);
            b3 = TLanes.MultiplyAdd(p1, x, b3);
            x = TLanes.Broadcast(r4[k]);
            a4 = TLanes.MultiplyAdd(p0, x, a4);
            b4 = TLanes.MultiplyAdd(p1, x, b4);
            x = TLanes.Broadcast(r5[k]);
            a5 = TLanes.MultiplyAdd(p0, x, a5);
            b5 = TLanes.MultiplyAdd(p1, x, b5);
        }

        ref var target = ref *tile;
        TLanes.Store(a0, ref target, 0);
        TLanes.Store(b0, ref target, TLanes.Count);
        TLanes.Store(a1, ref target, 2 * TLanes.Count);
        TLanes.Store(b1, ref target, 3 * TLanes.Count);
        TLanes.Store(a2, ref target, 4 * TLanes.Count);
        TLanes.Store(b2, ref target, 5 * TLanes.Count);
        TLanes.Store(a3, ref target, 6 * TLanes.Count);
        TLanes.Store(b3, ref target, 7 * TLanes.Count);
        TLanes.Store(a4, ref target, 8 * TLanes.Count);
        TLanes.Store(b4, ref target, 9 * TLanes.Count);
        TLanes.Store(a5, ref target, 10 * TLanes.Count);
        TLanes.Store(b5, ref target, 11 * TLanes.Count);
    }
}
