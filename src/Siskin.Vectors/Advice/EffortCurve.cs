namespace Siskin.Vectors.Advice;

/// <summary>Reads a curve of searches between its points.</summary>
/// <remarks>Between two efforts the logarithms of misses and of times run straight along the logarithm of the effort.</remarks>
internal static class EffortCurve
{
    // Stands for no misses at all, which have no logarithm.
    private const double NoMisses = 1e-5;

    /// <summary>The least effort with a recall; null when none reaches it.</summary>
    public static EffortFigures? LeastFor(IReadOnlyList<EffortFigures> points, double recall)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Recall < recall)
            {
                continue;
            }

            if (i == 0)
            {
                return points[0];
            }

            for (var effort = points[i - 1].Effort + 1; effort < points[i].Effort; effort++)
            {
                if (Between(points[i - 1], points[i], effort) is var found && found.Recall >= recall)
                {
                    return found;
                }
            }

            return points[i];
        }

        return null;
    }

    /// <summary>The effort with the best recall within a time; null when all take longer.</summary>
    public static EffortFigures? MostWithin(IReadOnlyList<EffortFigures> points, LatencyMeasure measure, double microseconds)
    {
        EffortFigures? best = null;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].Microseconds(measure) <= microseconds)
            {
                best = best is null || points[i].Recall > best.Recall ? points[i] : best;
                continue;
            }

            for (var effort = points[i].Effort - 1; i > 0 && effort > points[i - 1].Effort; effort--)
            {
                if (Between(points[i - 1], points[i], effort) is var found && found.Microseconds(measure) <= microseconds && (best is null || found.Recall > best.Recall))
                {
                    best = found;
                    break;
                }
            }
        }

        return best;
    }

    private static EffortFigures Between(EffortFigures below, EffortFigures above, int effort)
    {
        var share = Math.Log((double)effort / below.Effort) / Math.Log((double)above.Effort / below.Effort);
        return new EffortFigures(
            effort,
            1 - Mix(Math.Max(NoMisses, 1 - below.Recall), Math.Max(NoMisses, 1 - above.Recall)),
            Mix(below.MeanMicroseconds, above.MeanMicroseconds),
            Mix(below.P99Microseconds, above.P99Microseconds));

        double Mix(double a, double b) => a * Math.Pow(b / a, share);
    }
}
