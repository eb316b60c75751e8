using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Ranking;

/// <summary>Fits a <see cref="LogisticModel"/> by Newton's method (iteratively reweighted least squares).</summary>
/// <remarks>
/// Minimises Σ_s w_s·log(1 + exp(−y_s·z_s)) + λ/2·‖v‖² with y = ±1, z = v·x̂ + b and x̂ the features standardised by their weighted mean
/// and deviation; the standardisation is then folded into the weights. Steps that do not lower the loss are halved.
/// Hastie, Tibshirani and Friedman 2009, section 4.4.1.
/// </remarks>
public static class LogisticRegression
{
    /// <summary>Fits a model.</summary>
    /// <param name="features">Row-major, n × f; finite.</param>
    /// <param name="featureCount">f, at least 1; meant for some hundred at most.</param>
    /// <param name="labels">Length n, 0 to 1; a fraction is a share of positives.</param>
    /// <param name="sampleWeights">Length n, at least 0 and not all 0; or empty for 1 each.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="ArgumentException">A length, label, weight, feature or option is not as described.</exception>
    /// <remarks>
    /// O(n·f² + f³) per step, usually under ten steps; n·f doubles of memory. A feature that never changes gets weight 0.
    /// With λ = 0 and classes that a plane separates there is no minimum: the steps end at <see cref="LogisticRegressionOptions.MaxSteps"/>
    /// or where a step no longer lowers the loss.
    /// </remarks>
    public static LogisticModel Train(
        ReadOnlySpan<float> features,
        int featureCount,
        ReadOnlySpan<float> labels,
        ReadOnlySpan<float> sampleWeights,
        LogisticRegressionOptions options,
        CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        Check(features, featureCount, labels, sampleWeights);
        var weights = new double[labels.Length];
        for (var s = 0; s < weights.Length; s++)
        {
            weights[s] = sampleWeights.IsEmpty ? 1 : sampleWeights[s];
        }

        var problem = new LogisticProblem(features, featureCount, labels, weights, options.L2);
        var current = new double[featureCount + 1];
        var trial = new double[featureCount + 1];
        var gradient = new double[featureCount + 1];
        var hessian = new double[(featureCount + 1) * (featureCount + 1)];
        var loss = problem.Evaluate(current, gradient, hessian);
        for (var step = 0; step < options.MaxSteps && MaxAbs(gradient) > options.Tolerance * problem.TotalWeight; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SymmetricSolver.Solve(hessian, gradient, featureCount + 1);
            var length = 1.0;
            var isLower = false;
            for (var halving = 0; halving < 40 && !isLower; halving++, length /= 2)
            {
                for (var j = 0; j < trial.Length; j++)
                {
                    trial[j] = current[j] - (length * gradient[j]);
                }

                isLower = problem.Loss(trial) <= loss;
            }

            if (!isLower)
            {
                break;
            }

            (current, trial) = (trial, current);
            loss = problem.Evaluate(current, gradient, hessian);
        }

        return problem.Fold(current);
    }

    private static double MaxAbs(double[] values)
    {
        var max = 0.0;
        foreach (var value in values)
        {
            max = Math.Max(max, Math.Abs(value));
        }

        return max;
    }

    private static void Check(ReadOnlySpan<float> features, int featureCount, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        if (featureCount < 1 || labels.IsEmpty || features.Length != (long)labels.Length * featureCount || (!weights.IsEmpty && weights.Length != labels.Length))
        {
            throw new ArgumentException($"{features.Length} numbers, {labels.Length} labels and {weights.Length} weights do not fit {featureCount} features");
        }

        foreach (var value in features)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"a feature is {value}", nameof(features));
            }
        }

        foreach (var label in labels)
        {
            if (!(label is >= 0 and <= 1))
            {
                throw new ArgumentException($"label {label} is not between 0 and 1", nameof(labels));
            }
        }

        var total = 0.0;
        foreach (var weight in weights)
        {
            if (!(weight >= 0) || !float.IsFinite(weight))
            {
                throw new ArgumentException($"sample weight {weight} is below 0 or not finite", nameof(weights));
            }

            total += weight;
        }

        if (!weights.IsEmpty && total == 0)
        {
            throw new ArgumentException("all sample weights are 0", nameof(weights));
        }
    }
}
