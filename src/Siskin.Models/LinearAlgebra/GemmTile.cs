using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Siskin.Models.LinearAlgebra;

/// <summary>The tile of a matrix product that stays in registers: 8 rows by 32 or 16 columns.</summary>
/// <remarks>
/// Per step of the depth an 8 × 32 tile loads two vectors and eight numbers for sixteen multiply-adds, so that on 16 lanes both
/// multiply-add units are busy and the load units half so. Numbers of a lie side by side for the eight rows of a step.
/// </remarks>
internal static unsafe class GemmTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>Columns of a wide tile.</summary>
    public const int Columns = 32;

    /// <summary>Columns of a narrow tile.</summary>
    public const int NarrowColumns = 16;

    /// <summary>c (+)= Σ over depth of aᵀb, where a has 8 and b so many columns as the tile.</summary>
    /// <param name="a">depth × 8.</param>
    /// <param name="aStep">From one row of a to the next.</param>
    /// <param name="b">depth × columns.</param>
    /// <param name="bStep">From one row of b to the next.</param>
    /// <param name="depth">Steps, 0 or more.</param>
    /// <param name="c">8 × columns.</param>
    /// <param name="cStep">From one row of c to the next.</param>
    /// <param name="columns">32 or 16.</param>
    /// <param name="add">Whether c is added to or replaced.</param>
    public static void Multiply(float* a, nint aStep, float* b, nint bStep, int depth, float* c, nint cStep, int columns, bool add)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            if (columns == Columns)
            {
                Wide512(a, aStep, b, bStep, depth, c, cStep, add);
            }
            else
            {
                Narrow512(a, aStep, b, bStep, depth, c, cStep, add);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Multiply256(a, aStep, b, bStep, depth, c, cStep, columns, add);
        }
        else
        {
            MultiplyReference(a, aStep, b, bStep, depth, c, cStep, columns, add);
        }
    }

    /// <summary>The same in plain loops.</summary>
    public static void MultiplyReference(float* a, nint aStep, float* b, nint bStep, int depth, float* c, nint cStep, int columns, bool add)
    {
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                {
                    sum += a[(k * aStep) + i] * b[(k * bStep) + j];
                }

                c[(i * cStep) + j] = add ? c[(i * cStep) + j] + sum : sum;
            }
        }
    }

    /// <summary>The same with 256-bit vectors.</summary>
    internal static void Multiply256(float* a, nint aStep, float* b, nint bStep, int depth, float* c, nint cStep, int columns, bool add)
    {
        for (var column = 0; column < columns; column += 16)
        {
            Quarter256(a, aStep, b + column, bStep, depth, c + column, cStep, add);
            Quarter256(a + 4, aStep, b + column, bStep, depth, c + (4 * cStep) + column, cStep, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide512(float* a, nint aStep, float* b, nint bStep, int depth, float* c, nint cStep, bool add)
    {
        Vector512<float> c0a = Vector512<float>.Zero, c0b = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero, c1b = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero, c2b = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero, c3b = Vector512<float>.Zero;
        Vector512<float> c4a = Vector512<float>.Zero, c4b = Vector512<float>.Zero;
        Vector512<float> c5a = Vector512<float>.Zero, c5b = Vector512<float>.Zero;
        Vector512<float> c6a = Vector512<float>.Zero, c6b = Vector512<float>.Zero;
        Vector512<float> c7a = Vector512<float>.Zero, c7b = Vector512<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var ba = Vector512.Load(b);
            var bb = Vector512.Load(b + 16);
            var x = Vector512.Create(a[0]);
            c0a = Vector512.FusedMultiplyAdd(x, ba, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, bb, c0b);
            x = Vector512.Create(a[1]);
            c1a = Vector512.FusedMultiplyAdd(x, ba, c1a);
            c1b = Vector512.FusedMultiplyAdd(x, bb, c1b);
            x = Vector512.Create(a[2]);
            c2a = Vector512.FusedMultiplyAdd(x, ba, c2a);
            c2b = Vector512.FusedMultiplyAdd(x, bb, c2b);
            x = Vector512.Create(a[3]);
            c3a = Vector512.FusedMultiplyAdd(x, ba, c3a);
            c3b = Vector512.FusedMultiplyAdd(x, bb, c3b);
            x = Vector512.Create(a[4]);
            c4a = Vector512.FusedMultiplyAdd(x, ba, c4a);
            c4b = Vector512.FusedMultiplyAdd(x, bb, c4b);
            x = Vector512.Create(a[5]);
            c5a = Vector512.FusedMultiplyAdd(x, ba, c5a);
            c5b = Vector512.FusedMultiplyAdd(x, bb, c5b);
            x = Vector512.Create(a[6]);
            c6a = Vector512.FusedMultiplyAdd(x, ba, c6a);
            c6b = Vector512.FusedMultiplyAdd(x, bb, c6b);
            x = Vector512.Create(a[7]);
            c7a = Vector512.FusedMultiplyAdd(x, ba, c7a);
            c7b = Vector512.FusedMultiplyAdd(x, bb, c7b);
            a += aStep;
            b += bStep;
        }

        Put(c0a, c0b, c, add);
        Put(c1a, c1b, c + cStep, add);
        Put(c2a, c2b, c + (2 * cStep), add);
        Put(c3a, c3b, c + (3 * cStep), add);
        Put(c4a, c4b, c + (4 * cStep), add);
        Put(c5a, c5b, c + (5 * cStep), add);
        Put(c6a, c6b, c + (6 * cStep), add);
        Put(c7a, c7b, c + (7 * cStep), add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow512(float* a, nint aStep, float* b, nint bStep, int depth, float* c, nint cStep, bool add)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero;
        Vector512<float> c4a = Vector512<float>.Zero;
        Vector512<float> c5a = Vector512<float>.Zero;
        Vector512<float> c6a = Vector512<float>.Zero;
        Vector512<float> c7a = Vector512<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var ba = Vector512.Load(b);
            var x = Vector512.Create(a[0]);
            c0a = Vector512.FusedMultiplyAdd(x, ba, c0a);
            x = Vector512.Create(a[1]);
            c1a = Vector512.FusedMultiplyAdd(x, ba, c1a);
            x = Vector512.Create(a[2]);
            c2a = Vector512.FusedMultiplyAdd(x, ba, c2a);
            x = Vector512.Create(a[3]);
            c3a = Vector512.FusedMultiplyAdd(x, ba, c3a);
            x = Vector512.Create(a[4]);
            c4a = Vector512.FusedMultiplyAdd(x, ba, c4a);
            x = Vector512.Create(a[5]);
            c5a = Vector512.FusedMultiplyAdd(x, ba, c5a);
            x = Vector512.Create(a[6]);
            c6a = Vector512.FusedMultiplyAdd(x, ba, c6a);
            x = Vector512.Create(a[7]);
            c7a = Vector512.FusedMultiplyAdd(x, ba, c7a);
            a += aStep;
            b += bStep;
        }

        Put(c0a, c, add);
        Put(c1a, c + cStep, add);
        Put(c2a, c + (2 * cStep), add);
        Put(c3a, c + (3 * cStep), add);
        Put(c4a, c + (4 * cStep), add);
        Put(c5a, c + (5 * cStep), add);
        Put(c6a, c + (6 * cStep), add);
        Put(c7a, c + (7 * cStep), add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quarter256(float* a, nint aStep, float* b, nint bStep, int depth, float* c, nint cStep, bool add)
    {
        Vector256<float> c0a = Vector256<float>.Zero, c0b = Vector256<float>.Zero;
        Vector256<float> c1a = Vector256<float>.Zero, c1b = Vector256<float>.Zero;
        Vector256<float> c2a = Vector256<float>.Zero, c2b = Vector256<float>.Zero;
        Vector256<float> c3a = Vector256<float>.Zero, c3b = Vector256<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var ba = Vector256.Load(b);
            var bb = Vector256.Load(b + 8);
            var x = Vector256.Create(a[0]);
            c0a = Vector256.FusedMultiplyAdd(x, ba, c0a);
            c0b = Vector256.FusedMultiplyAdd(x, bb, c0b);
            x = Vector256.Create(a[1]);
            c1a = Vector256.FusedMultiplyAdd(x, ba, c1a);
            c1b = Vector256.FusedMultiplyAdd(x, bb, c1b);
            x = Vector256.Create(a[2]);
            c2a = Vector256.FusedMultiplyAdd(x, ba, c2a);
            c2b = Vector256.FusedMultiplyAdd(x, bb, c2b);
            x = Vector256.Create(a[3]);
            c3a = Vector256.FusedMultiplyAdd(x, ba, c3a);
            c3b = Vector256.FusedMultiplyAdd(x, bb, c3b);
            a += aStep;
            b += bStep;
        }

        Put(c0a, c0b, c, add);
        Put(c1a, c1b, c + cStep, add);
        Put(c2a, c2b, c + (2 * cStep), add);
        Put(c3a, c3b, c + (3 * cStep), add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<float> first, Vector512<float> second, float* c, bool add)
    {
        (add ? first + Vector512.Load(c) : first).Store(c);
        (add ? second + Vector512.Load(c + 16) : second).Store(c + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<float> sum, float* c, bool add) => (add ? sum + Vector512.Load(c) : sum).Store(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<float> first, Vector256<float> second, float* c, bool add)
    {
        (add ? first + Vector256.Load(c) : first).Store(c);
        (add ? second + Vector256.Load(c + 8) : second).Store(c + 8);
    }
}
