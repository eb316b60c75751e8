namespace Siskin.Models.Retrieval.Spectral;

/// <summary>All eigenvalues and eigenvectors of a dense symmetric matrix, in double precision.</summary>
/// <remarks>
/// Householder's reduction to tridiagonal form, then QL steps with implicit shifts: tred2 and tql2 of Bowdler, Martin,
/// Reinsch and Wilkinson 1968. About 5·n³ multiply-adds on one thread; n is the rank of a factorisation, some hundreds.
/// </remarks>
internal static class SymmetricEigen
{
    private const int MaxSteps = 60;

    /// <param name="a">Row-major n × n, both triangles; overwritten with the eigenvectors, one in each row.</param>
    /// <param name="n">Rows.</param>
    /// <returns>The eigenvalues, largest first, beside the rows of <paramref name="a"/>.</returns>
    /// <exception cref="ArithmeticException">The matrix holds numbers that are not finite.</exception>
    public static double[] Decompose(double[] a, int n)
    {
        var diagonal = new double[n];
        var side = new double[n];
        Tridiagonalize(a, n, diagonal, side);

        // QL turns pairs of columns; as rows they lie together in memory.
        Transpose(a, n);
        Diagonalize(a, n, diagonal, side);
        return Sort(a, n, diagonal);
    }

    // On return the columns of a are the product of the reflections.
    private static void Tridiagonalize(double[] a, int n, double[] diagonal, double[] side)
    {
        for (var i = n - 1; i > 0; i--)
        {
            var row = a.AsSpan(i * n, n);
            var scale = 0.0;
            for (var k = 0; k < i; k++)
            {
                scale += Math.Abs(row[k]);
            }

            var h = 0.0;
            if (i == 1 || scale == 0)
            {
                side[i] = row[i - 1];
            }
            else
            {
                for (var k = 0; k < i; k++)
                {
                    row[k] /= scale;
                    h += row[k] * row[k];
                }

                var f = row[i - 1];
                var g = f >= 0 ? -Math.Sqrt(h) : Math.Sqrt(h);
                side[i] = scale * g;
                h -= f * g;
                row[i - 1] = f - g;
                Reflect(a, n, i, h, side);
            }

            diagonal[i] = h;
        }

        diagonal[0] = 0;
        side[0] = 0;
        for (var i = 0; i < n; i++)
        {
            Accumulate(a, n, i, diagonal[i]);
            diagonal[i] = a[(i * n) + i];
            a[(i * n) + i] = 1;
            for (var j = 0; j < i; j++)
            {
                a[(j * n) + i] = a[(i * n) + j] = 0;
            }
        }
    }

    // A ← (I − u·uᵀ/h) A (I − u·uᵀ/h) on the leading i rows; u is row i.
    private static void Reflect(double[] a, int n, int i, double h, double[] side)
    {
        var row = a.AsSpan(i * n, n);
        var p = side.AsSpan(0, i);
        p.Clear();
        for (var j = 0; j < i; j++)
        {
            a[(j * n) + i] = row[j] / h;
            var other = a.AsSpan(j * n, j + 1);
            var (sum, uj) = (other[j] * row[j], row[j]);
            for (var k = 0; k < j; k++)
            {
                sum += other[k] * row[k];
                p[k] += other[k] * uj;
            }

            p[j] += sum;
        }

        var f = 0.0;
        for (var j = 0; j < i; j++)
        {
            p[j] /= h;
            f += p[j] * row[j];
        }

        var half = f / (h + h);
        for (var j = 0; j < i; j++)
        {
            var uj = row[j];
            p[j] -= half * uj;
            var pj = p[j];
            var other = a.AsSpan(j * n, j + 1);
            for (var k = 0; k <= j; k++)
            {
                other[k] -= (uj * p[k]) + (pj * row[k]);
            }
        }
    }

    private static void Accumulate(double[] a, int n, int i, double h)
    {
        if (h == 0)
        {
            return;
        }

        var sums = new double[i];
        for (var k = 0; k < i; k++)
        {
            var factor = a[(i * n) + k];
            var row = a.AsSpan(k * n, i);
            for (var j = 0; j < i; j++)
            {
                sums[j] += factor * row[j];
            }
        }

        for (var k = 0; k < i; k++)
        {
            var factor = a[(k * n) + i];
            var row = a.AsSpan(k * n, i);
            for (var j = 0; j < i; j++)
            {
                row[j] -= sums[j] * factor;
            }
        }
    }

    private static void Diagonalize(double[] vectors, int n, double[] d, double[] e)
    {
        Array.Copy(e, 1, e, 0, n - 1);
        e[n - 1] = 0;
        for (var l = 0; l < n; l++)
        {
            for (var step = 0; ; step++)
            {
                var m = l;
                // Turned round so that NaN never counts as small.
                while (m < n - 1 && !(Math.Abs(e[m]) <= double.Epsilon + (1e-16 * (Math.Abs(d[m]) + Math.Abs(d[m + 1])))))
                {
                    m++;
                }

                if (m == l)
                {
                    break;
                }

                if (step == MaxSteps)
                {
                    throw new ArithmeticException($"eigenvalue {l} of {n} did not converge: the matrix holds numbers that are not finite");
                }

                QlStep(vectors, n, d, e, l, m);
            }
        }
    }

    private static void QlStep(double[] vectors, int n, double[] d, double[] e, int l, int m)
    {
        var g = (d[l + 1] - d[l]) / (2 * e[l]);
        var r = Hypotenuse(g, 1);
        g = d[m] - d[l] + (e[l] / (g + (g >= 0 ? r : -r)));
        var (s, c, p) = (1.0, 1.0, 0.0);
        for (var i = m - 1; i >= l; i--)
        {
            var f = s * e[i];
            var b = c * e[i];
            r = Hypotenuse(f, g);
            e[i + 1] = r;
            if (r == 0)
            {
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }

            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = ((d[i] - g) * s) + (2 * c * b);
            p = s * r;
            d[i + 1] = g + p;
            g = (c * r) - b;
            Rotate(vectors.AsSpan(i * n, n), vectors.AsSpan((i + 1) * n, n), c, s);
        }

        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    private static void Rotate(Span<double> lower, Span<double> upper, double c, double s)
    {
        for (var k = 0; k < lower.Length; k++)
        {
            var f = upper[k];
            upper[k] = (s * lower[k]) + (c * f);
            lower[k] = (c * lower[k]) - (s * f);
        }
    }

    private static double Hypotenuse(double x, double y) => Math.Sqrt((x * x) + (y * y));

    private static void Transpose(double[] a, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                (a[(i * n) + j], a[(j * n) + i]) = (a[(j * n) + i], a[(i * n) + j]);
            }
        }
    }

    private static double[] Sort(double[] a, int n, double[] values)
    {
        var order = new int[n];
        var keys = new double[n];
        for (var i = 0; i < n; i++)
        {
            (order[i], keys[i]) = (i, -values[i]);
        }

        Array.Sort(keys, order);
        var copy = (double[])a.Clone();
        for (var i = 0; i < n; i++)
        {
            copy.AsSpan(order[i] * n, n).CopyTo(a.AsSpan(i * n));
            keys[i] = -keys[i];
        }

        return keys;
    }
}
