namespace Siskin.Models.LinearAlgebra;

/// <summary>The right-hand matrix of a product, depth × columns, laid out as the tiles read it.</summary>
/// <remarks>
/// Blocks of up to 512 rows one after the other; in each of them panels of 32 columns, the last of 16 where that is enough, without
/// gaps and with zeros behind the last column. So what a block of a product reads again and again lies together and takes an equal
/// share of each set of a cache. Weights are packed once per step and then multiplied with many blocks of rows.
/// </remarks>
/// <param name="pointer">At least <see cref="LengthOf"/> numbers.</param>
/// <param name="depth">Rows of the matrix.</param>
/// <param name="columns">Columns of the matrix.</param>
internal readonly unsafe struct PackedMatrix(float* pointer, int depth, int columns)
{
    public float* Pointer { get; } = pointer;

    public int Depth { get; } = depth;

    public int Columns { get; } = columns;

    /// <summary>Numbers that a packed matrix takes.</summary>
    public static long LengthOf(int depth, int columns) => (long)depth * PaddedColumns(columns);

    /// <summary>Columns with those that fill the last panel.</summary>
    public static int PaddedColumns(int columns)
    {
        var rest = columns % GemmTile.Columns;
        return columns - rest + (rest == 0 ? 0 : WidthOf(rest));
    }

    /// <summary>Width of a panel that so many columns are left for.</summary>
    public static int WidthOf(int left) => left > GemmTile.NarrowColumns ? GemmTile.Columns : GemmTile.NarrowColumns;

    /// <summary>The part of a panel that lies in a block.</summary>
    /// <param name="k">First row of the block.</param>
    /// <param name="column">First column of the panel.</param>
    public float* Panel(int k, int column) => Pointer + ((nint)k * PaddedColumns(Columns)) + ((nint)Math.Min(Gemm.BlockDepth, Depth - k) * column);

    /// <summary>Fills panels from a row-major matrix.</summary>
    /// <param name="source">depth × columns.</param>
    /// <param name="stride">From one row of the source to the next.</param>
    /// <param name="from">First column to fill, a multiple of 32.</param>
    /// <param name="to">Where to end: a multiple of 32, or <see cref="Columns"/>.</param>
    public void Fill(float* source, nint stride, int from, int to)
    {
        for (var column = from; column < to; column += GemmTile.Columns)
        {
            var width = WidthOf(Columns - column);
            var count = Math.Min(width, Columns - column);
            for (var block = 0; block < Depth; block += Gemm.BlockDepth)
            {
                var row = Panel(block, column);
                for (var k = block; k < Math.Min(Depth, block + Gemm.BlockDepth); k++, row += width)
                {
                    new ReadOnlySpan<float>(source + (k * stride) + column, count).CopyTo(new Span<float>(row, width));
                    new Span<float>(row + count, width - count).Clear();
                }
            }
        }
    }

    /// <summary>Fills panels from the transpose of a row-major matrix.</summary>
    /// <param name="source">columns × depth.</param>
    /// <param name="stride">From one row of the source to the next.</param>
    /// <param name="from">First column to fill, a multiple of 32.</param>
    /// <param name="to">Where to end: a multiple of 32, or <see cref="Columns"/>.</param>
    public void FillTransposed(float* source, nint stride, int from, int to)
    {
        for (var column = from; column < to; column += GemmTile.Columns)
        {
            var width = WidthOf(Columns - column);
            var count = Math.Min(width, Columns - column);
            for (var block = 0; block < Depth; block += Gemm.BlockDepth)
            {
                var depth = Math.Min(Gemm.BlockDepth, Depth - block);
                for (var j = 0; j < width; j += GemmTile.Rows)
                {
                    var rows = Math.Clamp(count - j, 0, GemmTile.Rows);
                    RowPacking.Pack(source + ((column + j) * stride) + block, stride, rows, depth, Panel(block, column) + j, width);
                }
            }
        }
    }
}
