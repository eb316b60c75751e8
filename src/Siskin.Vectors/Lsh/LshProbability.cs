namespace Siskin.Vectors.Lsh;

/// <summary>How likely two vectors are to get equal values: of one function, of a group, of several tables.</summary>
/// <remarks>Stateless. Datar, Immorlica, Indyk and Mirrokni 2004 for the projections, Charikar 2002 for signs, Indyk and Motwani 1998 for bits.</remarks>
public static class LshProbability
{
    /// <summary>Probability that ⌊(a·v + b) / w⌋ is equal for two vectors, a from N(0, 1).</summary>
    /// <param name="distance">Euclidean distance, 0 or more.</param>
    /// <param name="width">w, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static double Gaussian(double distance, double width)
    {
        CheckProjection(distance, width);
        if (distance == 0)
        {
            return 1;
        }

        // Φ by the error function: 1 − 2Φ(−t) = erf(t / √2).
        var t = width / distance;
        var value = Erf(t / Math.Sqrt(2)) - (2 / (Math.Sqrt(2 * Math.PI) * t) * -Expm1(-t * t / 2));
        return Math.Clamp(value, 0, 1);
    }

    /// <summary>Probability that ⌊(a·v + b) / w⌋ is equal for two vectors, a from the Cauchy distribution.</summary>
    /// <param name="distance">Sum of absolute differences, 0 or more.</param>
    /// <param name="width">w, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static double Cauchy(double distance, double width)
    {
        CheckProjection(distance, width);
        if (distance == 0)
        {
            return 1;
        }

        var t = width / distance;
        return Math.Clamp((2 / Math.PI * Math.Atan(t)) - (Math.Log(1 + (t * t)) / (Math.PI * t)), 0, 1);
    }

    /// <summary>Probability that a·v ≥ 0 is equal for two vectors: 1 − θ / π.</summary>
    /// <param name="angle">Angle between the vectors in radians, 0 to π.</param>
    /// <exception cref="ArgumentOutOfRangeException">The angle is outside 0 to π.</exception>
    public static double Sign(double angle)
    {
        if (!(angle >= 0 && angle <= Math.PI))
        {
            throw new ArgumentOutOfRangeException(nameof(angle), angle, "an angle between vectors is 0 to π");
        }

        return 1 - (angle / Math.PI);
    }

    /// <summary>Probability that a bit chosen at random is equal in two bit vectors: 1 − distance / bits.</summary>
    /// <param name="distance">Hamming distance, 0 to <paramref name="bits"/>.</param>
    /// <param name="bits">Bits per vector, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static double BitSampling(int distance, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(distance);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(distance, bits);
        return 1 - ((double)distance / bits);
    }

    /// <summary>Probability that all m independent functions agree: p^m.</summary>
    /// <param name="probability">p of one function, 0 to 1.</param>
    /// <param name="functions">m, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static double And(double probability, int functions)
    {
        Check(probability, functions);
        return Math.Pow(probability, functions);
    }

    /// <summary>Probability that at least one of m independent functions, or of m tables, agrees: 1 − (1 − p)^m.</summary>
    /// <param name="probability">p of one, 0 to 1.</param>
    /// <param name="functions">m, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static double Or(double probability, int functions)
    {
        Check(probability, functions);
        return 1 - Math.Pow(1 - probability, functions);
    }

    /// <summary>Probability that at least r of m independent functions agree: the upper tail of the binomial distribution.</summary>
    /// <param name="probability">p of one function, 0 to 1.</param>
    /// <param name="required">r, 0 to m.</param>
    /// <param name="functions">m, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    /// <remarks>O(m). With r = m this is <see cref="And"/>, with r = 1 <see cref="Or"/>.</remarks>
    public static double AtLeast(double probability, int required, int functions)
    {
        Check(probability, functions);
        ArgumentOutOfRangeException.ThrowIfNegative(required);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(required, functions);
        if (required == 0 || probability == 1)
        {
            return 1;
        }

        if (probability == 0)
        {
            return 0;
        }

        // By logarithms, so that neither the binomial coefficient nor the powers leave the range of double.
        var (sum, logChoose) = (0.0, 0.0);
        var (logP, logQ) = (Math.Log(probability), Math.Log(1 - probability));
        for (var i = 0; i <= functions; i++)
        {
            if (i >= required)
            {
                sum += Math.Exp(logChoose + (i * logP) + ((functions - i) * logQ));
            }

            logChoose += Math.Log((double)(functions - i) / (i + 1));
        }

        return Math.Min(sum, 1);
    }

    /// <summary>Probability that at least one of L tables, each with its own group of functions, makes a vector a candidate.</summary>
    /// <param name="probability">p of one function, 0 to 1.</param>
    /// <param name="policy">How the m functions of a group are combined.</param>
    /// <param name="functions">m, at least 1.</param>
    /// <param name="required">r, 0 to m; only for <see cref="LshPolicy.AtLeast"/>.</param>
    /// <param name="tables">L, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static double Candidate(double probability, LshPolicy policy, int functions, int required, int tables)
    {
        var group = policy switch
        {
            LshPolicy.And => And(probability, functions),
            LshPolicy.Or => Or(probability, functions),
            LshPolicy.AtLeast => AtLeast(probability, required, functions),
            _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, "no such policy"),
        };
        return Or(group, tables);
    }

    private static void CheckProjection(double distance, double width)
    {
        if (!(distance >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(distance), distance, "a distance is 0 or more");
        }

        if (!(width > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "a bucket is wider than 0");
        }
    }

    private static void Check(double probability, int functions)
    {
        if (!(probability >= 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "a probability is 0 to 1");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(functions, 1);
    }

    private static double Expm1(double x) => Math.Abs(x) < 1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1;

    // Error function: the power series near zero, the continued fraction of its complement beyond; both to about 1e-15.
    private static double Erf(double x)
    {
        if (x < 2.5)
        {
            var (sum, term) = (x, x);
            for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        var fraction = 0.0;
        for (var n = 60; n >= 1; n--)
        {
            fraction = n / 2.0 / (x + fraction);
        }

        return 1 - (Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction));
    }
}
