using System.Runtime.InteropServices;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>The upper triangle of a large symmetric matrix in tiles of 16 × 16, each together in memory.</summary>
/// <remarks>Half of the memory of the square, outside of the garbage collector's heap, of any size. Tiles on the diagonal hold both halves.</remarks>
internal sealed unsafe class SymmetricTiles : IDisposable
{
    public const int Size = ProductTile.Size;
    public const int TileLength = Size * Size;

    private float* _tiles;

    public SymmetricTiles(int count)
    {
        Count = count;
        TileCount = (count + Size - 1) / Size;
        _tiles = (float*)NativeMemory.AlignedAlloc((nuint)SizeBytes(count), 64);
        GC.AddMemoryPressure(SizeBytes(count));
    }

    ~SymmetricTiles() => Free();

    /// <summary>Rows and columns.</summary>
    public int Count { get; }

    /// <summary>Tiles on a side; the last may be part padding.</summary>
    public int TileCount { get; }

    public static long SizeBytes(int count)
    {
        long side = (count + Size - 1) / Size;
        return side * (side + 1) / 2 * TileLength * sizeof(float);
    }

    /// <summary>The tile in a row and column of tiles, row ≤ column. Tiles of a row follow each other.</summary>
    public float* Tile(int row, int column) => _tiles + ((((long)row * ((2L * TileCount) - row + 1) / 2) + column - row) * TileLength);

    /// <summary>One number; O(1).</summary>
    public float At(int row, int column)
    {
        if (row / Size > column / Size)
        {
            (row, column) = (column, row);
        }

        return Tile(row / Size, column / Size)[(row % Size * Size) + (column % Size)];
    }

    /// <summary>Adds a multiple of one row to a vector.</summary>
    /// <param name="row">The row.</param>
    /// <param name="factor">Its factor.</param>
    /// <param name="sums">Length <see cref="Count"/>; added to.</param>
    public void AddRow(int row, float factor, Span<float> sums)
    {
        var (strip, lane) = (row / Size, row % Size);
        for (var above = 0; above < strip; above++)
        {
            var tile = Tile(above, strip) + lane;
            var to = sums.Slice(above * Size, Size);
            for (var i = 0; i < Size; i++)
            {
                to[i] += factor * tile[i * Size];
            }
        }

        for (var column = strip; column < TileCount; column++)
        {
            var from = Tile(strip, column) + (lane * Size);
            var to = sums[(column * Size)..];
            for (var i = 0; i < Math.Min(Size, to.Length); i++)
            {
                to[i] += factor * from[i];
            }
        }

        GC.KeepAlive(this);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_tiles != null)
        {
            NativeMemory.AlignedFree(_tiles);
            _tiles = null;
            GC.RemoveMemoryPressure(SizeBytes(Count));
        }
    }
}
