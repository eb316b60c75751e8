using Siskin.Inference.Pmml.Expressions;

namespace Siskin.Inference.Pmml.Models;

/// <summary>What turns sums into probabilities.</summary>
internal static class Links
{
    /// <summary>The inverse of a link function.</summary>
    /// <param name="link">Its name in PMML.</param>
    /// <param name="x">The sum.</param>
    /// <param name="parameter">Of the links that have one.</param>
    public static double Inverse(string link, double x, double parameter = 1) => link switch
    {
        "identity" or "none" => x,
        "log" or "exp" => Math.Exp(x),
        "logit" or "softmax" => 1 / (1 + Math.Exp(-x)),
        "probit" => NormalDistribution.Below(x),
        "cloglog" => 1 - Math.Exp(-Math.Exp(x)),
        "loglog" => Math.Exp(-Math.Exp(-x)),
        "logc" => 1 - Math.Exp(x),
        "cauchit" => 0.5 + (Math.Atan(x) / Math.PI),
        "power" => parameter == 0 ? Math.Exp(x) : Math.Pow(x, 1 / parameter),
        "oddspower" => parameter == 0 ? 1 / (1 + Math.Exp(-x)) : 1 / (1 + Math.Pow(1 + (parameter * x), -1 / parameter)),
        "negbin" => 1 / (parameter * (Math.Exp(-x) - 1)),
        _ => throw new ArgumentException($"there is no link '{link}'", nameof(link)),
    };

    /// <summary>Turns the sums of categories into probabilities, in place.</summary>
    public static void Normalize(double[] y, string method, bool isOrdinal)
    {
        switch (method)
        {
            case "softmax":
                Softmax(y);
                return;
            case "simplemax":
                var total = y.Sum();
                for (var i = 0; i < y.Length; i++)
                {
                    y[i] /= total;
                }

                return;
            case "none" when !isOrdinal:
                // The last category has what the others leave.
                y[^1] = 1 - y.AsSpan(0, y.Length - 1).ToArray().Sum();
                return;
        }

        // An ordinal category has what lies between two steps of the sum; two categories have one step.
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = Inverse(method, y[i]);
        }

        if (y.Length == 2 || isOrdinal)
        {
            y[^1] = 1;
            for (var i = y.Length - 1; i > 0; i--)
            {
                y[i] -= y[i - 1];
            }

            return;
        }

        var sum = y.Sum();
        for (var i = 0; i < y.Length; i++)
        {
            y[i] /= sum;
        }
    }

    public static void Softmax(double[] y)
    {
        var (most, sum) = (y.Max(), 0.0);
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = Math.Exp(y[i] - most);
            sum += y[i];
        }

        for (var i = 0; i < y.Length; i++)
        {
            y[i] /= sum;
        }
    }
}
