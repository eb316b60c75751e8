namespace Siskin.Models.LinearAlgebra;

/// <summary>Solves A·x = b for a symmetric positive definite A of n × n floats, n a multiple of 16, in the caller's memory.</summary>
/// <remarks>
/// Right-looking blocked Cholesky factorisation A = UᵀU (Golub and Van Loan, section 4.2) in 16-row panels. The 16 × 16
/// diagonal blocks are inverted, so that both the panel and the trailing update are products of tiles. About n³/6
/// multiply-adds.
/// </remarks>
internal static unsafe class BlockCholesky
{
    private const int Size = ProductTile.Size;

    // A pivot below this share of the entry that the diagonal had at first is rounding error: the unknown depends on others and is 0.
    private const float SmallestPivot = 1e-6f;

    /// <summary>Numbers of workspace for n rows.</summary>
    public static int WorkspaceLength(int n) => (2 * n * Size) + n;

    /// <param name="a">Row-major n × n; the upper triangle is read (with all of the diagonal tiles' upper halves) and overwritten.</param>
    /// <param name="n">Rows, a multiple of 16.</param>
    /// <param name="b">The right side; overwritten with the solution.</param>
    /// <param name="workspace">See <see cref="WorkspaceLength"/>.</param>
    public static void Solve(float* a, int n, float* b, float* workspace)
    {
        var inverses = workspace;
        var transposed = workspace + (n * Size);
        var floors = workspace + (2 * n * Size);
        for (var i = 0; i < n; i++)
        {
            floors[i] = SmallestPivot * a[(i * n) + i];
        }

        for (var block = 0; block < n; block += Size)
        {
            var diagonal = a + (block * n) + block;
            var inverse = inverses + (block * Size);
            FactorDiagonal(diagonal, n, floors + block, transposed + (block * Size), inverse);
            for (var column = block + Size; column < n; column += Size)
            {
                var tile = a + (block * n) + column;
                ProductTile.Multiply(inverse, Size, tile, n, Size, tile, n, TileMode.Replace);
            }

            for (var row = block + Size; row < n; row += Size)
            {
                for (var column = row; column < n; column += Size)
                {
                    ProductTile.Multiply(a + (block * n) + row, n, a + (block * n) + column, n, Size, a + (row * n) + column, n, TileMode.Subtract);
                }
            }
        }

        SolveForward(a, n, b, inverses);
        SolveBackward(a, n, b, transposed);
    }

    // Factors one diagonal tile in place and applies the same row operations to the identity, which gives U⁻ᵀ.
    private static void FactorDiagonal(float* a, int stride, float* floors, float* transposedInverse, float* inverse)
    {
        new Span<float>(transposedInverse, Size * Size).Clear();
        for (var i = 0; i < Size; i++)
        {
            transposedInverse[(i * Size) + i] = 1;
        }

        // Rows are eliminated unscaled and scaled by 1/√pivot at the end: the roots stay off the chain from pivot to pivot.
        var scales = stackalloc float[Size];
        for (var k = 0; k < Size; k++)
        {
            var row = a + (k * stride);
            var identity = transposedInverse + (k * Size);
            var inversePivot = row[k] > floors[k] ? 1 / row[k] : 0;
            scales[k] = inversePivot;
            for (var i = k + 1; i < Size; i++)
            {
                var factor = -row[i] * inversePivot;
                Lanes16.AddScaled(row, factor, a + (i * stride));
                Lanes16.AddScaled(identity, factor, transposedInverse + (i * Size));
            }
        }

        for (var k = 0; k < Size; k++)
        {
            var scale = MathF.Sqrt(scales[k]);
            Lanes16.Scale(a + (k * stride), scale, a + (k * stride));
            Lanes16.Scale(transposedInverse + (k * Size), scale, transposedInverse + (k * Size));
        }

        for (var i = 0; i < Size; i++)
        {
            for (var k = 0; k < Size; k++)
            {
                inverse[(k * Size) + i] = transposedInverse[(i * Size) + k];
            }
        }
    }

    // Uᵀy = b, sixteen unknowns at a time: y = U⁻ᵀb within a tile, then the rows to its right are eliminated.
    private static void SolveForward(float* a, int n, float* b, float* inverses)
    {
        for (var block = 0; block < n; block += Size)
        {
            Lanes16.Combine(inverses + (block * Size), Size, b + block, 1, b + block, isAdded: false);
            for (var column = block + Size; column < n; column += Size)
            {
                Lanes16.Combine(a + (block * n) + column, n, b + block, -1, b + column, isAdded: true);
            }
        }
    }

    private static void SolveBackward(float* a, int n, float* b, float* transposed)
    {
        for (var block = n - Size; block >= 0; block -= Size)
        {
            var right = block + Size;
            for (var k = 0; k < Size; k++)
            {
                b[block + k] -= Lanes16.Dot(a + ((block + k) * n) + right, b + right, n - right);
            }

            Lanes16.Combine(transposed + (block * Size), Size, b + block, 1, b + block, isAdded: false);
        }
    }
}
