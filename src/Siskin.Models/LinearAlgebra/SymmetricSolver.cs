namespace Siskin.Models.LinearAlgebra;

/// <summary>Solves small symmetric positive semidefinite systems in double precision.</summary>
internal static class SymmetricSolver
{
    /// <summary>Solves A·x = b by A = LLᵀ. A direction without curvature (a pivot that is only rounding error) gets x = 0.</summary>
    /// <param name="a">Row-major n × n; the lower triangle is read and overwritten.</param>
    /// <param name="b">Length n; overwritten with x.</param>
    /// <param name="n">Unknowns.</param>
    public static void Solve(double[] a, double[] b, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var diagonal = a[(i * n) + i];
            for (var j = 0; j <= i; j++)
            {
                var sum = a[(i * n) + j];
                for (var k = 0; k < j; k++)
                {
                    sum -= a[(i * n) + k] * a[(j * n) + k];
                }

                if (i == j)
                {
                    a[(i * n) + i] = sum > 1e-13 * diagonal && diagonal > 0 ? Math.Sqrt(sum) : 0;
                }
                else
                {
                    a[(i * n) + j] = a[(j * n) + j] > 0 ? sum / a[(j * n) + j] : 0;
                }
            }
        }

        for (var i = 0; i < n; i++)
        {
            var sum = b[i];
            for (var k = 0; k < i; k++)
            {
                sum -= a[(i * n) + k] * b[k];
            }

            b[i] = a[(i * n) + i] > 0 ? sum / a[(i * n) + i] : 0;
        }

        for (var i = n - 1; i >= 0; i--)
        {
            var sum = b[i];
            for (var k = i + 1; k < n; k++)
            {
                sum -= a[(k * n) + i] * b[k];
            }

            b[i] = a[(i * n) + i] > 0 ? sum / a[(i * n) + i] : 0;
        }
    }
}
