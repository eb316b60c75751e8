using Siskin.Models.Factorization;
using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Factorization;

/// <summary>iALS as the paper's equations stand, in double precision, over every pair.</summary>
internal static class PlainAls
{
    public static (double[] Users, double[] Items) Train(InteractionMatrix matrix, double[] items, ImplicitAlsOptions options)
    {
        var users = new double[matrix.RowCount * options.Dimensions];
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            SolveSide(matrix, items, users, options);
            SolveSide(matrix.Transpose(), users, items, options);
        }

        return (users, items);
    }

    /// <summary>What one item adds to the loss when coordinate k of its vector is moved.</summary>
    public static double ItemLoss(InteractionMatrix byItem, ImplicitAlsModel model, int item, int k, double shift)
    {
        var y = Array.ConvertAll(model.Item(item).ToArray(), value => (double)value);
        y[k] += shift;
        var row = byItem.Row(item);
        var (loss, weights) = (0.0, 0.0);
        for (var user = 0; user < model.UserCount; user++)
        {
            var score = 0.0;
            for (var j = 0; j < y.Length; j++)
            {
                score += y[j] * model.User(user)[j];
            }

            loss += model.Options.UnobservedWeight * score * score;
            var at = row.Columns.IndexOf(user);
            if (at >= 0)
            {
                loss += row.Values[at] * (1 - score) * (1 - score);
                weights += row.Values[at];
            }
        }

        var ridge = model.Options.Regularization * Math.Pow(weights + (model.Options.UnobservedWeight * model.UserCount), model.Options.Exponent);
        return loss + (ridge * y.Sum(value => value * value));
    }

    private static void SolveSide(InteractionMatrix rows, double[] others, double[] solved, ImplicitAlsOptions options)
    {
        var d = options.Dimensions;
        for (var row = 0; row < rows.RowCount; row++)
        {
            var a = new double[d, d + 1];
            var entries = rows.Row(row);
            var weights = 0.0;
            for (var other = 0; other < rows.ColumnCount; other++)
            {
                var at = entries.Columns.IndexOf(other);
                var weight = at >= 0 ? entries.Values[at] : 0.0;
                weights += weight;
                for (var i = 0; i < d; i++)
                {
                    a[i, d] += weight * others[(other * d) + i];
                    for (var j = 0; j < d; j++)
                    {
                        a[i, j] += (weight + options.UnobservedWeight) * others[(other * d) + i] * others[(other * d) + j];
                    }
                }
            }

            for (var i = 0; i < d; i++)
            {
                a[i, i] += options.Regularization * Math.Pow(weights + (options.UnobservedWeight * rows.ColumnCount), options.Exponent);
            }

            Eliminate(a, d);
            for (var i = 0; i < d; i++)
            {
                solved[(row * d) + i] = a[i, d];
            }
        }
    }

    // Gauss and Jordan; positive definite matrices need no pivoting.
    private static void Eliminate(double[,] a, int d)
    {
        for (var k = 0; k < d; k++)
        {
            var pivot = a[k, k];
            for (var j = 0; j <= d; j++)
            {
                a[k, j] /= pivot;
            }

            for (var i = 0; i < d; i++)
            {
                var factor = a[i, k];
                for (var j = 0; i != k && j <= d; j++)
                {
                    a[i, j] -= factor * a[k, j];
                }
            }
        }
    }
}
