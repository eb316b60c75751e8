namespace Siskin.Inference.Pmml.Expressions;

/// <summary>The standard normal distribution, to about fifteen digits.</summary>
internal static class NormalDistribution
{
    public static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>Probability of a number up to x.</summary>
    public static double Below(double x)
    {
        // Near the middle the series around 0, in the tails the continued fraction; both converge to machine precision there.
        var size = Math.Abs(x);
        if (size > 38)
        {
            return x < 0 ? 0 : 1;
        }

        if (size < 3)
        {
            var (term, sum) = (x, x);
            for (var k = 1; k < 200 && Math.Abs(term) > 1e-18 * Math.Abs(sum); k++)
            {
                term *= x * x / ((2 * k) + 1);
                sum += term;
            }

            return 0.5 + (sum * Density(x));
        }

        var fraction = 0.0;
        for (var k = 150; k >= 1; k--)
        {
            fraction = k / (size + fraction);
        }

        var tail = Density(size) / (size + fraction);
        return x < 0 ? tail : 1 - tail;
    }

    /// <summary>The number up to which the probability is p; infinite at 0 and 1.</summary>
    public static double Quantile(double p)
    {
        if (!(p > 0 && p < 1))
        {
            return p == 0 ? double.NegativeInfinity : p == 1 ? double.PositiveInfinity : double.NaN;
        }

        var (low, high) = (-38.5, 38.5);
        for (var i = 0; i < 200 && low < high; i++)
        {
            var middle = (low + high) / 2;
            if (middle == low || middle == high)
            {
                break;
            }

            if (Below(middle) < p)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return (low + high) / 2;
    }
}
