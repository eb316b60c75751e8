namespace Siskin.Models.Ranking;

/// <summary>A map from logits to probabilities of two numbers, p = σ(slope · logit + intercept); of one, temperature scaling.</summary>
/// <remarks>Immutable; safe for concurrent use. Unlike <see cref="IsotonicCalibration"/> it keeps differences between any two scores.</remarks>
public sealed class PlattCalibration
{
    private const int MostSteps = 100;
    private const int MostHalvings = 40;

    // Makes the system solvable where all logits are equal.
    private const double Ridge = 1e-12;

    /// <summary>Wraps the two numbers.</summary>
    /// <param name="slope">Below 0 where higher logits meant fewer positives.</param>
    /// <param name="intercept">0 in temperature scaling.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public PlattCalibration(double slope, double intercept)
    {
        if (!double.IsFinite(slope) || !double.IsFinite(intercept))
        {
            throw new ArgumentException($"slope {slope} or intercept {intercept} is not finite");
        }

        (Slope, Intercept) = (slope, intercept);
    }

    /// <summary>Factor of the logit; 1 / temperature.</summary>
    public double Slope { get; }

    /// <summary>What is added.</summary>
    public double Intercept { get; }

    /// <summary>Fits the map to examples that the model was not trained on, by least log loss.</summary>
    /// <param name="logits">Length n; finite.</param>
    /// <param name="labels">Length n, 0 to 1.</param>
    /// <param name="weights">Length n, above 0; or empty for 1 each.</param>
    /// <param name="hasIntercept">False for temperature scaling (Guo et al. 2017): only the slope is fitted, the intercept is 0.</param>
    /// <exception cref="ArgumentException">A length or value is not as described, or there are no samples.</exception>
    /// <remarks>
    /// Platt 1999 by Newton steps that are halved until the loss falls (Lin, Lin and Weng 2007). As there, labels are moved to
    /// (positives + 1) / (positives + 2) and 1 / (negatives + 2), so that the slope stays finite where a score tells classes
    /// apart without error. O(n) per step, of which about ten are needed.
    /// </remarks>
    public static PlattCalibration Fit(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, bool hasIntercept = true)
    {
        var (targets, total) = Targets(logits, labels, weights);
        var (slope, intercept) = (1.0, 0.0);
        var best = Loss(logits, targets, weights, slope, intercept);
        for (var step = 0; step < MostSteps; step++)
        {
            var (gradient, other, h00, h01, h11) = Derivatives(logits, targets, weights, slope, intercept);
            if (!hasIntercept)
            {
                (other, h01, h11) = (0, 0, 1);
            }

            if (Math.Max(Math.Abs(gradient), Math.Abs(other)) <= 1e-12 * total)
            {
                break;
            }

            var determinant = (h00 * h11) - (h01 * h01);
            var (a, b) = (((h11 * gradient) - (h01 * other)) / determinant, ((h00 * other) - (h01 * gradient)) / determinant);
            var (factor, loss) = (1.0, Loss(logits, targets, weights, slope - a, intercept - b));
            for (var halving = 0; !(loss < best) && halving < MostHalvings; halving++)
            {
                factor /= 2;
                loss = Loss(logits, targets, weights, slope - (factor * a), intercept - (factor * b));
            }

            if (!(loss < best))
            {
                break;
            }

            (slope, intercept, best) = (slope - (factor * a), intercept - (factor * b), loss);
        }

        return new PlattCalibration(slope, intercept);
    }

    /// <summary>The probability of a logit; NaN for NaN.</summary>
    public float Predict(float logit) => (float)Sigmoid((Slope * logit) + Intercept);

    private static (double[] Targets, double Total) Targets(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        if (logits.IsEmpty || labels.Length != logits.Length || (!weights.IsEmpty && weights.Length != logits.Length))
        {
            throw new ArgumentException($"{logits.Length} logits, {labels.Length} labels and {weights.Length} weights are no samples");
        }

        var (positives, negatives) = (0.0, 0.0);
        for (var i = 0; i < logits.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            if (!float.IsFinite(logits[i]) || !(labels[i] is >= 0 and <= 1) || !(weight > 0) || !float.IsFinite(weight))
            {
                throw new ArgumentException($"sample {i}: logit {logits[i]}, label {labels[i]} or weight {weight} is out of range");
            }

            positives += (double)weight * labels[i];
            negatives += (double)weight * (1 - labels[i]);
        }

        var (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2));
        var targets = new double[labels.Length];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = (labels[i] * high) + ((1 - labels[i]) * low);
        }

        return (targets, positives + negatives);
    }

    private static double Loss(ReadOnlySpan<float> logits, ReadOnlySpan<double> targets, ReadOnlySpan<float> weights, double slope, double intercept)
    {
        var sum = 0.0;
        for (var i = 0; i < logits.Length; i++)
        {
            var x = (slope * logits[i]) + intercept;
            sum += (weights.IsEmpty ? 1 : weights[i]) * (Math.Max(x, 0) - (x * targets[i]) + Math.Log(1 + Math.Exp(-Math.Abs(x))));
        }

        return sum;
    }

    private static (double Slope, double Intercept, double H00, double H01, double H11) Derivatives(
        ReadOnlySpan<float> logits, ReadOnlySpan<double> targets, ReadOnlySpan<float> weights, double slope, double intercept)
    {
        var (g0, g1, h00, h01, h11) = (0.0, 0.0, Ridge, 0.0, Ridge);
        for (var i = 0; i < logits.Length; i++)
        {
            double x = logits[i], weight = weights.IsEmpty ? 1 : weights[i];
            var p = Sigmoid((slope * x) + intercept);
            var (error, curve) = (weight * (p - targets[i]), weight * p * (1 - p));
            g0 += error * x;
            g1 += error;
            h00 += curve * x * x;
            h01 += curve * x;
            h11 += curve;
        }

        return (g0, g1, h00, h01, h11);
    }

    private static double Sigmoid(double x)
    {
        var small = Math.Exp(-Math.Abs(x));
        return x >= 0 ? 1 / (1 + small) : x < 0 ? small / (1 + small) : double.NaN;
    }
}
