using System.Runtime.CompilerServices;
using Siskin.Vectors.Memory;

namespace Siskin.Models.LinearAlgebra;

/// <summary>Products of row-major float matrices, blocked for the caches and tiled for the registers.</summary>
/// <remarks>
/// Goto and van de Geijn 2008: eight rows of A are packed into the first cache and run along the panels of B, which stay in the
/// second. Sums are taken in one order whatever the number of threads, so that results repeat to the last bit.
/// </remarks>
internal static unsafe class Gemm
{
    /// <summary>Depth of a block: eight rows of it are 16 KiB.</summary>
    public const int BlockDepth = 512;

    // BlockDepth × this is a mebibyte, half of a second-level cache.
    private const int BlockColumns = 512;

    // Rows of Aᵀ that are packed together: two whole cache lines of every row of A, where a stride of a power of two would
    // have them evicted between one tile and the next.
    private const int BlockRows = 4 * GemmTile.Rows;

    [ThreadStatic]
    private static NativeBlock? _scratch;

    /// <summary>C = A·B, or C += A·B.</summary>
    /// <param name="a">rows × b.Depth.</param>
    /// <param name="aStride">From one row of A to the next.</param>
    /// <param name="b">Packed.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="c">rows × b.Columns.</param>
    /// <param name="cStride">From one row of C to the next.</param>
    /// <param name="add">Whether C is added to or replaced.</param>
    [SkipLocalsInit]
    public static void Multiply(float* a, nint aStride, in PackedMatrix b, int rows, float* c, nint cStride, bool add)
    {
        var packed = stackalloc float[BlockDepth * GemmTile.Rows];
        if (b.Depth == 0 && !add)
        {
            Clear(rows, b.Columns, c, cStride);
        }

        for (var column = 0; column < b.Columns; column += BlockColumns)
        {
            var end = Math.Min(b.Columns, column + BlockColumns);
            for (var k = 0; k < b.Depth; k += BlockDepth)
            {
                var depth = Math.Min(BlockDepth, b.Depth - k);
                var adds = add || k > 0;
                for (var row = 0; row < rows; row += GemmTile.Rows)
                {
                    var count = Math.Min(GemmTile.Rows, rows - row);
                    RowPacking.Pack(a + (row * aStride) + k, aStride, count, depth, packed, GemmTile.Rows);
                    Panels(packed, b, k, depth, column, end, count, c + (row * cStride), cStride, adds);
                }
            }
        }
    }

    /// <summary>C = Aᵀ·B, or C += Aᵀ·B: for gradients of weights, where the depth is a block of examples.</summary>
    /// <param name="a">depth × rows.</param>
    /// <param name="aStride">From one row of A to the next.</param>
    /// <param name="b">depth × columns.</param>
    /// <param name="bStride">From one row of B to the next.</param>
    /// <param name="depth">Rows of A and B.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="c">rows × columns.</param>
    /// <param name="cStride">From one row of C to the next.</param>
    /// <param name="add">Whether C is added to or replaced.</param>
    public static void MultiplyTransposed(float* a, nint aStride, float* b, nint bStride, int depth, int rows, int columns, float* c, nint cStride, bool add)
    {
        var scratch = (float*)(_scratch ??= new NativeBlock((long)BlockDepth * (BlockColumns + BlockRows) * sizeof(float))).Pointer;
        var packedRows = scratch + (BlockDepth * BlockColumns);
        if (depth == 0 && !add)
        {
            Clear(rows, columns, c, cStride);
        }

        for (var k = 0; k < depth; k += BlockDepth)
        {
            var block = Math.Min(BlockDepth, depth - k);
            for (var column = 0; column < columns; column += BlockColumns)
            {
                var packed = new PackedMatrix(scratch, block, Math.Min(BlockColumns, columns - column));
                packed.Fill(b + (k * bStride) + column, bStride, 0, packed.Columns);
                for (var row = 0; row < rows; row += GemmTile.Rows)
                {
                    if (row % BlockRows == 0)
                    {
                        RowPacking.Copy(a + (k * aStride) + row, aStride, Math.Min(BlockRows, rows - row), block, packedRows);
                    }

                    var strip = packedRows + (row % BlockRows * block);
                    Panels(strip, packed, 0, block, 0, packed.Columns, Math.Min(GemmTile.Rows, rows - row), c + (row * cStride) + column, cStride, add || k > 0);
                }
            }
        }
    }

    private static void Panels(float* a, in PackedMatrix b, int k, int depth, int from, int to, int rows, float* c, nint cStride, bool add)
    {
        for (var column = from; column < to; column += GemmTile.Columns)
        {
            var width = PackedMatrix.WidthOf(b.Columns - column);
            Tile(a, GemmTile.Rows, b.Panel(k, column), width, depth, width, rows, Math.Min(width, b.Columns - column), c + column, cStride, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(float* a, nint aStep, float* b, nint bStep, int depth, int width, int rows, int columns, float* c, nint cStride, bool add)
    {
        if (rows == GemmTile.Rows && columns == width)
        {
            GemmTile.Multiply(a, aStep, b, bStep, depth, c, cStride, width, add);
        }
        else
        {
            Edge(a, aStep, b, bStep, depth, width, rows, columns, c, cStride, add);
        }
    }

    [SkipLocalsInit]
    private static void Edge(float* a, nint aStep, float* b, nint bStep, int depth, int width, int rows, int columns, float* c, nint cStride, bool add)
    {
        var whole = stackalloc float[GemmTile.Rows * GemmTile.Columns];
        GemmTile.Multiply(a, aStep, b, bStep, depth, whole, width, width, add: false);
        for (var i = 0; i < rows; i++)
        {
            var sums = whole + (i * width);
            var target = c + (i * cStride);
            for (var j = 0; j < columns; j++)
            {
                target[j] = add ? target[j] + sums[j] : sums[j];
            }
        }
    }

    private static void Clear(int rows, int columns, float* c, nint cStride)
    {
        for (var row = 0; row < rows; row++)
        {
            new Span<float>(c + (row * cStride), columns).Clear();
        }
    }
}
