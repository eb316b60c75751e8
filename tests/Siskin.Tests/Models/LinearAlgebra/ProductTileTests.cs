using System.Runtime.Intrinsics;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Tests.Models.LinearAlgebra;

public sealed unsafe class ProductTileTests
{
    [Theory]
    [InlineData(TileMode.Add, 1)]
    [InlineData(TileMode.Add, 37)]
    [InlineData(TileMode.Subtract, 16)]
    [InlineData(TileMode.Replace, 5)]
    internal void Both_vector_widths_equal_the_plain_reference(TileMode mode, int n)
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "no vectors here");
        var a = Random(n * 20, 1);
        var b = Random(n * 24, 2);
        var plain = Random(16 * 18, 3);
        var (narrow, wide) = ((float[])plain.Clone(), (float[])plain.Clone());
        fixed (float* pa = a, pb = b, pp = plain, pn = narrow, pw = wide)
        {
            ProductTile.MultiplyReference(pa, 20, pb, 24, n, pp, 18, mode);
            ProductTile.Multiply256(pa, 20, pb, 24, n, pn, 18, mode);
            ProductTile.Multiply512(pa, 20, pb, 24, n, pw, 18, mode);
        }

        Assert.Equal(plain, narrow, (x, y) => Math.Abs(x - y) < 1e-4);
        Assert.Equal(plain, wide, (x, y) => Math.Abs(x - y) < 1e-4);
    }

    [Fact]
    public void A_tile_may_replace_its_own_factor()
    {
        var a = Random(256, 4);
        var start = Random(256, 5);
        var expected = new float[256];
        var (narrow, wide) = ((float[])start.Clone(), (float[])start.Clone());
        fixed (float* pa = a, ps = start, pe = expected, pn = narrow, pw = wide)
        {
            ProductTile.MultiplyReference(pa, 16, ps, 16, 16, pe, 16, TileMode.Replace);
            ProductTile.Multiply256(pa, 16, pn, 16, 16, pn, 16, TileMode.Replace);
            ProductTile.Multiply512(pa, 16, pw, 16, 16, pw, 16, TileMode.Replace);
        }

        Assert.Equal(expected, narrow, (x, y) => Math.Abs(x - y) < 1e-4);
        Assert.Equal(expected, wide, (x, y) => Math.Abs(x - y) < 1e-4);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(128)]
    public void A_factorised_system_gives_back_the_solution_it_was_made_from(int n)
    {
        var random = new Random(n);
        var x = new double[n];
        var a = new double[n * n];
        for (var k = 0; k < n + 8; k++)
        {
            var row = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
            for (var i = 0; i < n * n; i++)
            {
                a[i] += row[i / n] * row[i % n];
            }
        }

        for (var i = 0; i < n; i++)
        {
            x[i] = random.NextDouble() - 0.5;
            a[(i * n) + i] += 1;
        }

        var matrix = Array.ConvertAll(a, value => (float)value);
        var b = Enumerable.Range(0, n).Select(i => (float)Enumerable.Range(0, n).Sum(j => a[(i * n) + j] * x[j])).ToArray();
        var workspace = new float[BlockCholesky.WorkspaceLength(n)];
        fixed (float* pm = matrix, pb = b, pw = workspace)
        {
            BlockCholesky.Solve(pm, n, pb, pw);
        }

        for (var i = 0; i < n; i++)
        {
            Assert.Equal(x[i], b[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void A_matrix_that_rounding_made_singular_still_has_a_finite_solution(int n)
    {
        // Rank 5, with next to nothing on the diagonal.
        var rows = Enumerable.Range(0, 5).Select(k => Random(n, k)).ToArray();
        var matrix = new float[n * n];
        for (var i = 0; i < n * n; i++)
        {
            matrix[i] = rows.Sum(row => row[i / n] * row[i % n]) + (i / n == i % n ? 1e-9f : 0);
        }

        var b = rows[0].ToArray();
        var workspace = new float[BlockCholesky.WorkspaceLength(n)];
        fixed (float* pm = matrix, pb = b, pw = workspace)
        {
            BlockCholesky.Solve(pm, n, pb, pw);
        }

        Assert.All(b, value => Assert.True(float.IsFinite(value)));
    }

    private static float[] Random(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
