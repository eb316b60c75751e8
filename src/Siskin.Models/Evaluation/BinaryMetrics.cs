namespace Siskin.Models.Evaluation;

/// <summary>Metrics of scores against labels of 0 and 1.</summary>
/// <remarks>In all of them scores and labels are equally long and finite, and labels are 0 or 1; anything else is an <see cref="ArgumentException"/>. Safe for concurrent use.</remarks>
public static class BinaryMetrics
{
    /// <summary>Area under the ROC curve: the share of pairs of a positive and a negative in which the positive has the higher score; ties count half.</summary>
    /// <param name="scores">Higher is more likely 1.</param>
    /// <param name="labels">0 or 1.</param>
    /// <returns>NaN when there is one class only.</returns>
    /// <remarks>Exact, by ranks; O(n log n).</remarks>
    public static double Auc(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        Check(scores, labels);
        var (sorted, classes) = Sort(scores, labels);
        var (wins, negatives, positives) = (0.0, 0L, 0L);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = EndOfTies(sorted, start);
            var above = classes.AsSpan(start, end - start).Count(1f);
            var here = end - start - above;
            wins += above * (negatives + (here / 2.0));
            negatives += here;
            positives += above;
        }

        return positives == 0 || negatives == 0 ? double.NaN : wins / ((double)positives * negatives);
    }

    /// <summary>AUC within each group, mean weighted by the group's rows. Zhou et al. 2018 (DIN), section 6.2.</summary>
    /// <param name="scores">Higher is more likely 1.</param>
    /// <param name="labels">0 or 1.</param>
    /// <param name="groups">Group of each row, from 0; as a rule the user.</param>
    /// <remarks>Groups with one class only have no AUC: they are left out and counted. O(n log n).</remarks>
    /// <exception cref="ArgumentException">Lengths differ, or a value is not as described.</exception>
    public static GroupedAuc GroupAuc(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<int> groups)
    {
        var (sum, rows, used) = (0.0, 0L, 0);
        var all = PerGroupAuc(scores, labels, groups);
        foreach (var group in all)
        {
            if (!double.IsNaN(group.Value))
            {
                sum += group.Value * group.Weight;
                rows += (long)group.Weight;
                used++;
            }
        }

        return new(rows == 0 ? double.NaN : sum / rows, used, all.Length - used, rows);
    }

    /// <summary>AUC of every group that has rows: what bootstrap and significance work on.</summary>
    /// <param name="scores">Higher is more likely 1.</param>
    /// <param name="labels">0 or 1.</param>
    /// <param name="groups">Group of each row, from 0.</param>
    /// <returns>In ascending order of groups; value NaN with one class only, weight the group's rows.</returns>
    /// <exception cref="ArgumentException">Lengths differ, or a value is not as described.</exception>
    public static UserMetric[] PerGroupAuc(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<int> groups)
    {
        Check(scores, labels);
        if (groups.Length != scores.Length)
        {
            throw new ArgumentException($"{groups.Length} groups for {scores.Length} rows", nameof(groups));
        }

        if (groups.ContainsAnyInRange(int.MinValue, -1))
        {
            throw new ArgumentException("a group is below 0", nameof(groups));
        }

        var (order, keys) = (new int[groups.Length], groups.ToArray());
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(keys, order);
        var (s, y) = (new float[groups.Length], new float[groups.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            (s[i], y[i]) = (scores[order[i]], labels[order[i]]);
        }

        var metrics = new List<UserMetric>();
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = start;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            metrics.Add(new(keys[start], Auc(s.AsSpan(start, end - start), y.AsSpan(start, end - start)), end - start));
        }

        return [.. metrics];
    }

    /// <summary>Mean cross-entropy −y·ln p − (1 − y)·ln(1 − p) in nats.</summary>
    /// <param name="probabilities">p, clamped to [<paramref name="clamp"/>, 1 − clamp].</param>
    /// <param name="labels">0 or 1.</param>
    /// <param name="clamp">Above 0 and below ½.</param>
    /// <returns>NaN without rows.</returns>
    public static double LogLoss(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> labels, double clamp = 1e-7)
    {
        Check(probabilities, labels);
        if (!(clamp > 0 && clamp < 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(clamp), clamp, "must be above 0 and below 0.5");
        }

        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var p = Math.Clamp(probabilities[i], clamp, 1 - clamp);
            sum -= Math.Log(labels[i] == 1 ? p : 1 - p);
        }

        return labels.IsEmpty ? double.NaN : sum / labels.Length;
    }

    /// <summary>LogLoss divided by that of always predicting the mean label: below 1 is better than that. He et al. 2014, section 2.1.</summary>
    /// <param name="probabilities">Clamped as in <see cref="LogLoss"/>.</param>
    /// <param name="labels">0 or 1.</param>
    /// <returns>NaN when there is one class only.</returns>
    public static double NormalizedEntropy(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> labels)
    {
        var loss = LogLoss(probabilities, labels);
        var rate = labels.IsEmpty ? 0 : (double)labels.Count(1f) / labels.Length;
        return rate is 0 or 1 ? double.NaN : loss / ((-rate * Math.Log(rate)) - ((1 - rate) * Math.Log(1 - rate)));
    }

    /// <summary>Area under the precision-recall curve as average precision: Σ (R_i − R_{i−1})·P_i over distinct scores, highest first.</summary>
    /// <param name="scores">Higher is more likely 1; equal scores make one step.</param>
    /// <param name="labels">0 or 1.</param>
    /// <returns>NaN without positives.</returns>
    /// <remarks>No interpolation. O(n log n).</remarks>
    public static double PrAuc(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        Check(scores, labels);
        var (sorted, classes) = Sort(scores, labels);
        var (area, positives) = (0.0, labels.Count(1f));
        for (int end = sorted.Length, start, found = 0; end > 0; end = start)
        {
            start = end - 1;
            while (start > 0 && sorted[start - 1] == sorted[end - 1])
            {
                start--;
            }

            var here = classes.AsSpan(start, end - start).Count(1f);
            found += here;
            area += (double)here / positives * found / (sorted.Length - start);
        }

        return positives == 0 ? double.NaN : area;
    }

    /// <summary>How far probabilities are from shares, in bins of equal width over [0, 1].</summary>
    /// <param name="probabilities">From 0 to 1.</param>
    /// <param name="labels">0 or 1.</param>
    /// <param name="bins">At least 1; a probability of 1 belongs to the last.</param>
    /// <remarks>Expected calibration error: Naeini, Cooper and Hauskrecht 2015.</remarks>
    /// <exception cref="ArgumentException">Lengths differ, or a value is not as described.</exception>
    public static CalibrationReport Calibration(ReadOnlySpan<float> probabilities, ReadOnlySpan<float> labels, int bins = 10)
    {
        Check(probabilities, labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var (counts, predicted, observed) = (new long[bins], new double[bins], new double[bins]);
        for (var i = 0; i < labels.Length; i++)
        {
            if (probabilities[i] is not (>= 0 and <= 1))
            {
                throw new ArgumentException($"row {i}: the probability is {probabilities[i]}; 0 to 1 is expected", nameof(probabilities));
            }

            var bin = Math.Min(bins - 1, (int)((double)probabilities[i] * bins));
            counts[bin]++;
            predicted[bin] += probabilities[i];
            observed[bin] += labels[i];
        }

        var (error, totalPredicted, totalObserved) = (0.0, 0.0, 0.0);
        var filled = new CalibrationBin[bins];
        for (var bin = 0; bin < bins; bin++)
        {
            error += Math.Abs(predicted[bin] - observed[bin]);
            totalPredicted += predicted[bin];
            totalObserved += observed[bin];
            filled[bin] = new(counts[bin], Ratio(predicted[bin], counts[bin]), Ratio(observed[bin], counts[bin]));
        }

        return new(Ratio(error, labels.Length), Ratio(totalPredicted, totalObserved), filled);
    }

    private static double Ratio(double sum, double count) => count == 0 ? double.NaN : sum / count;

    private static (float[] Scores, float[] Labels) Sort(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        var (sorted, classes) = (scores.ToArray(), labels.ToArray());
        Array.Sort(sorted, classes);
        return (sorted, classes);
    }

    private static int EndOfTies(float[] sorted, int start)
    {
        var end = start + 1;
        while (end < sorted.Length && sorted[end] == sorted[start])
        {
            end++;
        }

        return end;
    }

    private static void Check(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels", nameof(labels));
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(scores[i]) || labels[i] is not (0 or 1))
            {
                throw new ArgumentException($"row {i}: the score is {scores[i]}, the label {labels[i]}; a finite score and a label of 0 or 1 are expected", nameof(scores));
            }
        }
    }
}
