using Siskin.Models.LinearAlgebra;

namespace Siskin.Tests.Models.Graph;

public sealed unsafe class GemmTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(8, 32, 16)]
    [InlineData(7, 33, 5)]
    [InlineData(64, 48, 600)]
    [InlineData(19, 545, 3)]
    [InlineData(33, 80, 1030)]
    [InlineData(5, 16, 0)]
    public void Product_equals_the_one_in_plain_loops(int rows, int columns, int depth)
    {
        var (a, b) = (Random(rows * depth, 1), Random(depth * columns, 2));
        foreach (var add in new[] { false, true })
        {
            var start = Random(rows * columns, 3);
            var expected = Plain(a, b, rows, columns, depth, add ? start : new float[rows * columns]);
            var c = (float[])start.Clone();
            var transposed = (float[])start.Clone();
            var turned = (float[])start.Clone();
            var packed = new float[PackedMatrix.LengthOf(depth, columns) + 1];
            fixed (float* pa = a, pb = b, pc = c, pp = packed, pt = transposed, pu = turned)
            {
                var matrix = new PackedMatrix(pp, depth, columns);
                matrix.Fill(pb, columns, 0, columns);
                Gemm.Multiply(pa, depth, matrix, rows, pc, columns, add);
                fixed (float* pat = Turn(a, rows, depth), pbt = Turn(b, depth, columns))
                {
                    Gemm.MultiplyTransposed(pat, rows, pb, columns, depth, rows, columns, pt, columns, add);
                    matrix.FillTransposed(pbt, depth, 0, columns);
                    Gemm.Multiply(pa, depth, matrix, rows, pu, columns, add);
                }
            }

            Close(expected, c);
            Close(expected, transposed);
            Close(expected, turned);
        }
    }

    [Fact]
    public void Tiles_of_all_widths_agree()
    {
        var (a, b) = (Random(50 * 8, 1), Random(50 * 32, 2));
        foreach (var columns in new[] { 16, 32 })
        {
            var (fast, halves, plain) = (Random(8 * 32, 3), Random(8 * 32, 3), Random(8 * 32, 3));
            fixed (float* pa = a, pb = b, f = fast, h = halves, p = plain)
            {
                GemmTile.Multiply(pa, 8, pb, 32, 50, f, 32, columns, add: true);
                GemmTile.Multiply256(pa, 8, pb, 32, 50, h, 32, columns, add: true);
                GemmTile.MultiplyReference(pa, 8, pb, 32, 50, p, 32, columns, add: true);
            }

            Close(plain, fast);
            Close(plain, halves);
        }
    }

    private static void Close(float[] expected, float[] found)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-4f * (1 + MathF.Abs(expected[i])));
        }
    }

    private static float[] Plain(float[] a, float[] b, int rows, int columns, int depth, float[] c)
    {
        var sums = (float[])c.Clone();
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < depth; k++)
                {
                    sum += a[(i * depth) + k] * b[(k * columns) + j];
                }

                sums[(i * columns) + j] += (float)sum;
            }
        }

        return sums;
    }

    private static float[] Turn(float[] x, int rows, int columns)
    {
        var turned = new float[x.Length + 1];
        for (var i = 0; i < rows * columns; i++)
        {
            turned[(i % columns * rows) + (i / columns)] = x[i];
        }

        return turned;
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }
}
