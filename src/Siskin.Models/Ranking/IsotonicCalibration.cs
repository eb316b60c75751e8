namespace Siskin.Models.Ranking;

/// <summary>A monotone map from scores to probabilities, linear between its knots and flat outside of them.</summary>
/// <remarks>Immutable as long as nobody writes to its arrays; safe for concurrent use.</remarks>
public sealed class IsotonicCalibration
{
    /// <summary>Wraps knots without copying them.</summary>
    /// <param name="scores">Ascending, each once; at least one.</param>
    /// <param name="probabilities">One for each score, 0 to 1, never falling.</param>
    /// <exception cref="ArgumentException">The knots break these rules.</exception>
    public IsotonicCalibration(float[] scores, float[] probabilities)
    {
        if (scores.Length == 0 || scores.Length != probabilities.Length)
        {
            throw new ArgumentException($"{scores.Length} scores and {probabilities.Length} probabilities are no knots");
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(scores[i]) || !(probabilities[i] is >= 0 and <= 1)
                || (i > 0 && (scores[i] <= scores[i - 1] || probabilities[i] < probabilities[i - 1])))
            {
                throw new ArgumentException($"knot {i} ({scores[i]} → {probabilities[i]}) is out of range or out of order");
            }
        }

        Scores = scores;
        Probabilities = probabilities;
    }

    /// <summary>Scores of the knots, ascending.</summary>
    public float[] Scores { get; }

    /// <summary>Probabilities of the knots, never falling.</summary>
    public float[] Probabilities { get; }

    /// <summary>Fits a map by pooling adjacent violators.</summary>
    /// <param name="scores">Length n, in any order; finite.</param>
    /// <param name="labels">Length n, 0 to 1.</param>
    /// <param name="weights">Length n, above 0; or empty for 1 each.</param>
    /// <param name="maxKnots">Knots at most; at least 1. Neighbouring pools are merged where that adds least squared error.</param>
    /// <param name="smoothing">
    /// Pseudo-samples added to each pool at the overall rate, which itself is smoothed by one positive and one negative:
    /// p = (positives + smoothing · rate) / (weight + smoothing). With 0 a pool without positives says 0.
    /// </param>
    /// <exception cref="ArgumentException">A length or value is not as described, or there are no samples.</exception>
    /// <remarks>O(n log n). A pool's knot lies at its weighted mean score. Ayer, Brunk, Ewing, Reid and Silverman 1955.</remarks>
    public static IsotonicCalibration Fit(
        ReadOnlySpan<float> scores,
        ReadOnlySpan<float> labels,
        ReadOnlySpan<float> weights,
        int maxKnots = 100,
        float smoothing = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxKnots, 1);
        if (scores.IsEmpty || labels.Length != scores.Length || (!weights.IsEmpty && weights.Length != scores.Length))
        {
            throw new ArgumentException($"{scores.Length} scores, {labels.Length} labels and {weights.Length} weights are no samples");
        }

        if (!(smoothing >= 0) || !float.IsFinite(smoothing))
        {
            throw new ArgumentException($"smoothing {smoothing} is below 0 or not finite", nameof(smoothing));
        }

        return IsotonicPools.Fit(scores, labels, weights, maxKnots, smoothing);
    }

    /// <summary>The probability of a score.</summary>
    /// <param name="score">NaN gives the lowest probability.</param>
    /// <remarks>O(log knots); nothing is allocated.</remarks>
    public float Predict(float score)
    {
        if (!(score > Scores[0]))
        {
            return Probabilities[0];
        }

        if (score >= Scores[^1])
        {
            return Probabilities[^1];
        }

        var (low, high) = (0, Scores.Length - 1);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (Scores[middle] <= score)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        // Differences in double: two finite floats may lie further apart than float reaches.
        var share = ((double)score - Scores[low]) / ((double)Scores[high] - Scores[low]);
        return (float)(Probabilities[low] + (share * (Probabilities[high] - Probabilities[low])));
    }
}
