using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Models.LinearAlgebra;

/// <summary>What a tile does with the product.</summary>
internal enum TileMode
{
    /// <summary>C += AᵀB.</summary>
    Add,

    /// <summary>C −= AᵀB.</summary>
    Subtract,

    /// <summary>C = AᵀB; C may be the same memory as B, because nothing is written before all is read.</summary>
    Replace,
}

/// <summary>
/// The 16 × 16 product C ± AᵀB that all dense work on factors is made of; A and B are n × 16 slices of rows that lie
/// <c>stride</c> numbers apart.
/// </summary>
/// <remarks>
/// The tile of C stays in registers while n runs: on 16 lanes one load of B and 16 multiply-adds with a broadcast of A per
/// row, which keeps both multiply-add units of a core busy within a few percent.
/// </remarks>
internal static unsafe class ProductTile
{
    /// <summary>Rows and columns of a tile.</summary>
    public const int Size = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(float* a, int aStride, float* b, int bStride, int n, float* c, int cStride, TileMode mode)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply512(a, aStride, b, bStride, n, c, cStride, mode);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Multiply256(a, aStride, b, bStride, n, c, cStride, mode);
        }
        else
        {
            MultiplyReference(a, aStride, b, bStride, n, c, cStride, mode);
        }
    }

    public static void MultiplyReference(float* a, int aStride, float* b, int bStride, int n, float* c, int cStride, TileMode mode)
    {
        var sums = stackalloc float[Size * Size];
        new Span<float>(sums, Size * Size).Clear();
        for (var k = 0; k < n; k++)
        {
            for (var i = 0; i < Size; i++)
            {
                for (var j = 0; j < Size; j++)
                {
                    sums[(i * Size) + j] += a[(k * aStride) + i] * b[(k * bStride) + j];
                }
            }
        }

        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                var old = mode == TileMode.Replace ? 0 : c[(i * cStride) + j];
                var sum = sums[(i * Size) + j];
                c[(i * cStride) + j] = mode == TileMode.Subtract ? old - sum : old + sum;
            }
        }
    }

    public static void Multiply256(float* a, int aStride, float* b, int bStride, int n, float* c, int cStride, TileMode mode)
    {
        // Sixteen registers hold a quarter of the tile at a time. Where C is B, the columns of B must outlive both row halves.
        var copy = stackalloc float[Size * Size];
        if (mode == TileMode.Replace && n <= Size)
        {
            for (var k = 0; k < n; k++)
            {
                Vector256.Load(b + (k * bStride)).Store(copy + (k * Size));
                Vector256.Load(b + (k * bStride) + 8).Store(copy + (k * Size) + 8);
            }

            b = copy;
            bStride = Size;
        }

        for (var row = 0; row < Size; row += 8)
        {
            for (var column = 0; column < Size; column += 8)
            {
                Quarter256(a + row, aStride, b + column, bStride, n, c + (row * cStride) + column, cStride, mode);
            }
        }
    }

    public static void Multiply512(float* a, int aStride, float* b, int bStride, int n, float* c, int cStride, TileMode mode)
    {
        var c0 = Vector512<float>.Zero;
        var c1 = Vector512<float>.Zero;
        var c2 = Vector512<float>.Zero;
        var c3 = Vector512<float>.Zero;
        var c4 = Vector512<float>.Zero;
        var c5 = Vector512<float>.Zero;
        var c6 = Vector512<float>.Zero;
        var c7 = Vector512<float>.Zero;
        var c8 = Vector512<float>.Zero;
        var c9 = Vector512<float>.Zero;
        var c10 = Vector512<float>.Zero;
        var c11 = Vector512<float>.Zero;
        var c12 = Vector512<float>.Zero;
        var c13 = Vector512<float>.Zero;
        var c14 = Vector512<float>.Zero;
        var c15 = Vector512<float>.Zero;
        if (mode == TileMode.Add)
        {
            c0 = Vector512.Load(c + (0 * cStride));
            c1 = Vector512.Load(c + (1 * cStride));
            c2 = Vector512.Load(c + (2 * cStride));
            c3 = Vector512.Load(c + (3 * cStride));
            c4 = Vector512.Load(c + (4 * cStride));
            c5 = Vector512.Load(c + (5 * cStride));
            c6 = Vector512.Load(c + (6 * cStride));
            c7 = Vector512.Load(c + (7 * cStride));
            c8 = Vector512.Load(c + (8 * cStride));
            c9 = Vector512.Load(c + (9 * cStride));
            c10 = Vector512.Load(c + (10 * cStride));
            c11 = Vector512.Load(c + (11 * cStride));
            c12 = Vector512.Load(c + (12 * cStride));
            c13 = Vector512.Load(c + (13 * cStride));
            c14 = Vector512.Load(c + (14 * cStride));
            c15 = Vector512.Load(c + (15 * cStride));
        }
        else if (mode == TileMode.Subtract)
        {
            c0 = -Vector512.Load(c + (0 * cStride));
            c1 = -Vector512.Load(c + (1 * cStride));
            c2 = -Vector512.Load(c + (2 * cStride));
            c3 = -Vector512.Load(c + (3 * cStride));
            c4 = -Vector512.Load(c + (4 * cStride));
            c5 = -Vector512.Load(c + (5 * cStride));
            c6 = -Vector512.Load(c + (6 * cStride));
            c7 = -Vector512.Load(c + (7 * cStride));
            c8 = -Vector512.Load(c + (8 * cStride));
            c9 = -Vector512.Load(c + (9 * cStride));
            c10 = -Vector512.Load(c + (10 * cStride));
            c11 = -Vector512.Load(c + (11 * cStride));
            c12 = -Vector512.Load(c + (12 * cStride));
            c13 = -Vector512.Load(c + (13 * cStride));
            c14 = -Vector512.Load(c + (14 * cStride));
            c15 = -Vector512.Load(c + (15 * cStride));
        }

        for (var k = 0; k < n; k++)
        {
            var v = Vector512.Load(b);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[0]), v, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[1]), v, c1);
            c2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2]), v, c2);
            c3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3]), v, c3);
            c4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4]), v, c4);
            c5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5]), v, c5);
            c6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6]), v, c6);
            c7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7]), v, c7);
            c8 = Vector512.FusedMultiplyAdd(Vector512.Create(a[8]), v, c8);
            c9 = Vector512.FusedMultiplyAdd(Vector512.Create(a[9]), v, c9);
            c10 = Vector512.FusedMultiplyAdd(Vector512.Create(a[10]), v, c10);
            c11 = Vector512.FusedMultiplyAdd(Vector512.Create(a[11]), v, c11);
            c12 = Vector512.FusedMultiplyAdd(Vector512.Create(a[12]), v, c12);
            c13 = Vector512.FusedMultiplyAdd(Vector512.Create(a[13]), v, c13);
            c14 = Vector512.FusedMultiplyAdd(Vector512.Create(a[14]), v, c14);
            c15 = Vector512.FusedMultiplyAdd(Vector512.Create(a[15]), v, c15);
            a += aStride;
            b += bStride;
        }

        if (mode == TileMode.Subtract)
        {
            c0 = -c0;
            c1 = -c1;
            c2 = -c2;
            c3 = -c3;
            c4 = -c4;
            c5 = -c5;
            c6 = -c6;
            c7 = -c7;
            c8 = -c8;
            c9 = -c9;
            c10 = -c10;
            c11 = -c11;
            c12 = -c12;
            c13 = -c13;
            c14 = -c14;
            c15 = -c15;
        }

        c0.Store(c + (0 * cStride));
        c1.Store(c + (1 * cStride));
        c2.Store(c + (2 * cStride));
        c3.Store(c + (3 * cStride));
        c4.Store(c + (4 * cStride));
        c5.Store(c + (5 * cStride));
        c6.Store(c + (6 * cStride));
        c7.Store(c + (7 * cStride));
        c8.Store(c + (8 * cStride));
        c9.Store(c + (9 * cStride));
        c10.Store(c + (10 * cStride));
        c11.Store(c + (11 * cStride));
        c12.Store(c + (12 * cStride));
        c13.Store(c + (13 * cStride));
        c14.Store(c + (14 * cStride));
        c15.Store(c + (15 * cStride));
    }

    private static void Quarter256(float* a, int aStride, float* b, int bStride, int n, float* c, int cStride, TileMode mode)
    {
        var c0 = Vector256<float>.Zero;
        var c1 = Vector256<float>.Zero;
        var c2 = Vector256<float>.Zero;
        var c3 = Vector256<float>.Zero;
        var c4 = Vector256<float>.Zero;
        var c5 = Vector256<float>.Zero;
        var c6 = Vector256<float>.Zero;
        var c7 = Vector256<float>.Zero;
        if (mode == TileMode.Add)
        {
            c0 = Vector256.Load(c + (0 * cStride));
            c1 = Vector256.Load(c + (1 * cStride));
            c2 = Vector256.Load(c + (2 * cStride));
            c3 = Vector256.Load(c + (3 * cStride));
            c4 = Vector256.Load(c + (4 * cStride));
            c5 = Vector256.Load(c + (5 * cStride));
            c6 = Vector256.Load(c + (6 * cStride));
            c7 = Vector256.Load(c + (7 * cStride));
        }
        else if (mode == TileMode.Subtract)
        {
            c0 = -Vector256.Load(c + (0 * cStride));
            c1 = -Vector256.Load(c + (1 * cStride));
            c2 = -Vector256.Load(c + (2 * cStride));
            c3 = -Vector256.Load(c + (3 * cStride));
            c4 = -Vector256.Load(c + (4 * cStride));
            c5 = -Vector256.Load(c + (5 * cStride));
            c6 = -Vector256.Load(c + (6 * cStride));
            c7 = -Vector256.Load(c + (7 * cStride));
        }

        for (var k = 0; k < n; k++)
        {
            var v = Vector256.Load(b);
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a[0]), v, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(a[1]), v, c1);
            c2 = Vector256.FusedMultiplyAdd(Vector256.Create(a[2]), v, c2);
            c3 = Vector256.FusedMultiplyAdd(Vector256.Create(a[3]), v, c3);
            c4 = Vector256.FusedMultiplyAdd(Vector256.Create(a[4]), v, c4);
            c5 = Vector256.FusedMultiplyAdd(Vector256.Create(a[5]), v, c5);
            c6 = Vector256.FusedMultiplyAdd(Vector256.Create(a[6]), v, c6);
            c7 = Vector256.FusedMultiplyAdd(Vector256.Create(a[7]), v, c7);
            a += aStride;
            b += bStride;
        }

        if (mode == TileMode.Subtract)
        {
            c0 = -c0;
            c1 = -c1;
            c2 = -c2;
            c3 = -c3;
            c4 = -c4;
            c5 = -c5;
            c6 = -c6;
            c7 = -c7;
        }

        c0.Store(c + (0 * cStride));
        c1.Store(c + (1 * cStride));
        c2.Store(c + (2 * cStride));
        c3.Store(c + (3 * cStride));
        c4.Store(c + (4 * cStride));
        c5.Store(c + (5 * cStride));
        c6.Store(c + (6 * cStride));
        c7.Store(c + (7 * cStride));
    }
}
