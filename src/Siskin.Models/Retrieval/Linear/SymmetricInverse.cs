using Siskin.Models.Factorization;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>Turns a symmetric positive definite matrix into minus its inverse, in place, on all cores.</summary>
/// <remarks>
/// The sweep operator (Goodnight 1979) in blocks of rows: with K the rows of a block and P the inverse of its diagonal
/// block, everything else becomes A − KᵀPK, the rows become PK and the diagonal block −P. Each block is one symmetric
/// update of the whole triangle, n³/2 multiply-adds in all, as many as Cholesky's way in three phases.
/// </remarks>
internal sealed unsafe class SymmetricInverse
{
    private const int Size = ProductTile.Size;
    private const int BlockTiles = 16;

    // Strips of tiles that share each load of the other operand; their panels stay in the second-level cache.
    private const int GroupTiles = 8;

    private readonly SymmetricTiles _matrix;
    private readonly int _threads;
    private readonly CancellationToken _cancellationToken;
    private readonly PaddedFactors _rows;
    private readonly PaddedFactors _products;
    private readonly PaddedFactors _inverse;
    private int _first;
    private int _last;

    private SymmetricInverse(SymmetricTiles matrix, int threads, CancellationToken cancellationToken)
    {
        (_matrix, _threads, _cancellationToken) = (matrix, threads, cancellationToken);
        _rows = new PaddedFactors(matrix.TileCount * BlockTiles * Size, Size);
        _products = new PaddedFactors(matrix.TileCount * BlockTiles * Size, Size);
        _inverse = new PaddedFactors(BlockTiles * BlockTiles * Size, Size);
    }

    private int BlockRows => (_last - _first) * Size;

    /// <param name="matrix">Positive definite, its padding the identity; overwritten.</param>
    /// <param name="threads">0 uses every processor. Does not change the result.</param>
    /// <param name="round">Told after each block: blocks done, blocks in all.</param>
    /// <param name="cancellationToken">Stops within a block; the matrix is then useless.</param>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Invert(SymmetricTiles matrix, int threads, Action<int, int>? round, CancellationToken cancellationToken) =>
        new SymmetricInverse(matrix, threads, cancellationToken).Run(round);

    private void Run(Action<int, int>? round)
    {
        var tiles = _matrix.TileCount;
        var blocks = (tiles + BlockTiles - 1) / BlockTiles;
        var single = RowPartition.Create(tiles, _ => 1);
        var groups = (tiles + GroupTiles - 1) / GroupTiles;
        var runs = RowPartition.Create(groups, group => groups - group);
        for (var block = 0; block < blocks; block++)
        {
            (_first, _last) = (block * BlockTiles, Math.Min(tiles, (block + 1) * BlockTiles));
            InvertDiagonal();
            RowPartition.Run(single, _threads, _cancellationToken, () => 0, (_, first, end) =>
            {
                for (var column = first; column < end; column++)
                {
                    LoadRows(column);
                }
            });
            RowPartition.Run(runs, _threads, _cancellationToken, () => 0, (_, first, end) =>
            {
                for (var group = first; group < end; group++)
                {
                    Update(group * GroupTiles, Math.Min(tiles, (group + 1) * GroupTiles));
                }
            });
            RowPartition.Run(single, _threads, _cancellationToken, () => 0, (_, first, end) =>
            {
                for (var column = first; column < end; column++)
                {
                    StoreRows(column);
                }
            });
            round?.Invoke(block + 1, blocks);
        }

        GC.KeepAlive(_matrix);
    }

    private float* Panel(PaddedFactors panels, int column) => panels.Start + ((nint)column * BlockTiles * SymmetricTiles.TileLength);

    // P, in double precision; its panels hold 16 columns each.
    private void InvertDiagonal()
    {
        var n = BlockRows;
        var a = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                a[(i * n) + j] = _matrix.At((_first * Size) + i, (_first * Size) + j);
            }
        }

        for (var k = 0; k < n; k++)
        {
            var pivot = a[(k * n) + k];
            if (!(pivot > 0) || !double.IsFinite(pivot))
            {
                throw new ArithmeticException($"pivot {pivot} of row {(_first * Size) + k} is not above 0: the matrix is not positive definite in single precision; more regularisation is needed");
            }

            Sweep(a, n, k, 1 / pivot);
        }

        for (var j = 0; j < n; j++)
        {
            for (var i = 0; i < n; i++)
            {
                _inverse.Start[(j / Size * n * Size) + (i * Size) + (j % Size)] = (float)-a[(i * n) + j];
            }
        }
    }

    private static void Sweep(double[] a, int n, int k, double inverse)
    {
        var pivots = a.AsSpan(k * n, n);
        for (var i = 0; i < n; i++)
        {
            if (i == k)
            {
                continue;
            }

            var row = a.AsSpan(i * n, n);
            var factor = row[k] * inverse;
            for (var j = 0; j < n; j++)
            {
                row[j] -= factor * pivots[j];
            }

            row[k] = factor;
        }

        for (var j = 0; j < n; j++)
        {
            pivots[j] *= inverse;
        }

        pivots[k] = -inverse;
    }

    // K and PK of one column of tiles.
    private void LoadRows(int column)
    {
        var rows = Panel(_rows, column);
        for (var row = _first; row < _last; row++)
        {
            Copy(column, row, rows + ((row - _first) * SymmetricTiles.TileLength));
        }

        var products = Panel(_products, column);
        for (var row = 0; row < BlockRows; row += Size)
        {
            ProductTile.Multiply(_inverse.Start + (row * BlockRows), Size, rows, Size, BlockRows, products + (row * Size), Size, TileMode.Replace);
        }
    }

    private void Copy(int column, int row, float* to)
    {
        if (row <= column)
        {
            new ReadOnlySpan<float>(_matrix.Tile(row, column), SymmetricTiles.TileLength).CopyTo(new Span<float>(to, SymmetricTiles.TileLength));
            return;
        }

        Transpose(_matrix.Tile(column, row), to);
    }

    // A −= KᵀPK, but for the block's own rows and columns.
    private void Update(int firstRow, int endRow)
    {
        for (var column = firstRow; column < _matrix.TileCount; column++)
        {
            if (column >= _first && column < _last)
            {
                continue;
            }

            var products = Panel(_products, column);
            for (var row = firstRow; row < Math.Min(endRow, column + 1); row++)
            {
                if (row < _first || row >= _last)
                {
                    ProductTile.Multiply(Panel(_rows, row), Size, products, Size, BlockRows, _matrix.Tile(row, column), Size, TileMode.Subtract);
                }
            }
        }
    }

    private void StoreRows(int column)
    {
        for (var row = _first; row < _last; row++)
        {
            var from = Panel(_products, column) + ((row - _first) * SymmetricTiles.TileLength);
            if (column >= _first && column < _last)
            {
                StoreDiagonal(row, column);
            }
            else if (row < column)
            {
                new ReadOnlySpan<float>(from, SymmetricTiles.TileLength).CopyTo(new Span<float>(_matrix.Tile(row, column), SymmetricTiles.TileLength));
            }
            else
            {
                Transpose(from, _matrix.Tile(column, row));
            }
        }
    }

    private void StoreDiagonal(int row, int column)
    {
        if (row > column)
        {
            return;
        }

        var to = _matrix.Tile(row, column);
        var panel = _inverse.Start + ((column - _first) * BlockRows * Size) + ((row - _first) * SymmetricTiles.TileLength);
        for (var i = 0; i < SymmetricTiles.TileLength; i++)
        {
            to[i] = -panel[i];
        }
    }

    private static void Transpose(float* from, float* to)
    {
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                to[(j * Size) + i] = from[(i * Size) + j];
            }
        }
    }
}
