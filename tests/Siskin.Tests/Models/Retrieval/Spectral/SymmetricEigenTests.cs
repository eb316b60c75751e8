using Siskin.Models.Retrieval.Spectral;

namespace Siskin.Tests.Models.Retrieval.Spectral;

public sealed class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(37)]
    public void Eigenvectors_are_orthonormal_and_reproduce_the_matrix(int n)
    {
        var random = new Random(n);
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = i; j < n; j++)
            {
                matrix[(i * n) + j] = matrix[(j * n) + i] = random.NextDouble() - 0.5;
            }
        }

        var vectors = (double[])matrix.Clone();
        var values = SymmetricEigen.Decompose(vectors, n);
        Assert.Equal(values.OrderDescending(), values);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var (product, dot) = (0.0, 0.0);
                for (var k = 0; k < n; k++)
                {
                    product += values[k] * vectors[(k * n) + i] * vectors[(k * n) + j];
                    dot += vectors[(i * n) + k] * vectors[(j * n) + k];
                }

                Assert.Equal(matrix[(i * n) + j], product, 1e-12);
                Assert.Equal(i == j ? 1 : 0, dot, 1e-12);
            }
        }
    }

    [Fact]
    public void Repeated_eigenvalues_and_a_path_have_the_known_spectrum()
    {
        var identity = new double[] { 2, 0, 0, 0, 2, 0, 0, 0, 2 };
        Assert.Equal([2, 2, 2], SymmetricEigen.Decompose(identity, 3));

        // The path of n vertices: 2·cos(πk / (n + 1)).
        const int N = 9;
        var path = new double[N * N];
        for (var i = 0; i + 1 < N; i++)
        {
            path[(i * N) + i + 1] = path[((i + 1) * N) + i] = 1;
        }

        var values = SymmetricEigen.Decompose(path, N);
        for (var k = 1; k <= N; k++)
        {
            Assert.Equal(2 * Math.Cos(Math.PI * k / (N + 1)), values[k - 1], 1e-13);
        }
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused() =>
        Assert.Throws<ArithmeticException>(() => SymmetricEigen.Decompose([1, double.NaN, double.NaN, 1], 2));
}
