using System.Diagnostics;

namespace Siskin.Vectors.Lsh;

/// <summary>Finds settings of an <see cref="LshIndex"/> that reach a wanted recall at the least measured time.</summary>
/// <remarks>
/// Nothing is assumed of the vectors: each setting is built over a sample that holds the true neighbours of all queries, and
/// searched. Recall is then that of all rows, up to the choice of queries; counts and times grow with the rows that the sample
/// leaves out, and the last settings are built and measured over all rows. Times differ from run to run, and so may the choice.
/// </remarks>
public static class LshTuner
{
    private const int LeastRowsPerBucket = 16;

    /// <summary>Tries settings and chooses.</summary>
    /// <param name="rows">Row-major, n × d, finite: what will be searched, or a sample of it.</param>
    /// <param name="dimensions">d, at least 1.</param>
    /// <param name="metric">How nearness is measured.</param>
    /// <param name="queries">Row-major, at least one row of d: like those that will be asked, and not taken from the rows.</param>
    /// <param name="options">What to reach and to spend; the default when null.</param>
    /// <exception cref="ArgumentException">A setting is not allowed, or counts do not fit.</exception>
    public static LshTuning Tune(ReadOnlyMemory<float> rows, int dimensions, VectorMetric metric, ReadOnlySpan<float> queries, LshTunerOptions? options = null)
    {
        options ??= new LshTunerOptions();
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (rows.Length == 0 || rows.Length % dimensions != 0 || queries.Length == 0 || queries.Length % dimensions != 0)
        {
            throw new ArgumentException($"{rows.Length} numbers of rows and {queries.Length} of queries; both must be some whole rows of {dimensions}", nameof(rows));
        }

        var watch = Stopwatch.StartNew();
        var truth = new LshTunerTruth(rows, dimensions, metric, queries, options);
        var trials = new LshTrials(truth, metric, options, watch);
        var policies = options.Policies.Distinct().ToArray();
        for (var i = 0; i < policies.Length; i++)
        {
            trials.StartPolicy(i, policies.Length);
            switch (policies[i])
            {
                case LshPolicy.And:
                    TryAnd(trials, rows.Length / dimensions);
                    break;
                case LshPolicy.Or:
                    TryOr(trials);
                    break;
                case LshPolicy.AtLeast:
                    TryAtLeast(trials);
                    break;
            }
        }

        if (truth.Share < 1)
        {
            trials.MeasureAll(rows);
        }

        var points = trials.Points.OrderBy(point => point.Options.Policy).ThenBy(point => point.Recall).ToList();
        return new LshTuning(trials.Best(final: true), points, truth.ExactMicroseconds, options.Recall, watch.Elapsed);
    }

    // One setting after the other, each from the best so far: functions, then the sketch, then tables, then the other family.
    private static void TryAnd(LshTrials trials, int n)
    {
        var (options, most) = (trials.TunerOptions, Math.Clamp((int)Math.Log2(Math.Max(2.0, n / LeastRowsPerBucket)), 1, 24));
        var bits = options.SketchBits.Contains(256) ? 256 : options.SketchBits[0];
        var start = new LshOptions { Seed = options.Seed, SketchBits = bits };
        var middle = Math.Clamp(most - 4, 1, most);
        foreach (var m in new[] { middle, Math.Max(1, middle - 3), Math.Min(most, middle + 3) }.Distinct())
        {
            trials.Try(start with { Functions = m });
        }

        // Walk on while it gets better.
        for (var best = trials.BestOf(LshPolicy.And); best.Functions is > 1 and var m; best = trials.BestOf(LshPolicy.And))
        {
            var isNew = trials.Try(best with { Functions = Math.Max(1, m - 2) });
            isNew |= trials.Try(best with { Functions = Math.Min(most, m + 2) });
            if (!isNew)
            {
                break;
            }
        }

        foreach (var other in options.SketchBits.Where(other => other != bits))
        {
            trials.Try(trials.BestOf(LshPolicy.And) with { SketchBits = other });
        }

        if (trials.Metric != VectorMetric.InnerProduct)
        {
            // Fewer functions than signs, because each has more values.
            foreach (var share in new[] { 0.5, 0.35 })
            {
                var best = trials.BestOf(LshPolicy.And);
                trials.Try(best with
                {
                    Family = LshFamily.GaussianProjection,
                    Functions = best.Family == LshFamily.GaussianProjection ? Math.Max(1, best.Functions - 1) : Math.Max(1, (int)Math.Round(best.Functions * share)),
                    BucketWidth = best.BucketWidth,
                });
            }

            if (trials.BestOf(LshPolicy.And) is { Family: LshFamily.GaussianProjection } gaussian)
            {
                trials.Try(gaussian with { BucketWidth = gaussian.BucketWidth / 2 });
                trials.Try(gaussian with { BucketWidth = gaussian.BucketWidth * 2 });
            }
        }

        trials.Try(trials.BestOf(LshPolicy.And) with { Tables = 2 });
        if (trials.Metric == VectorMetric.InnerProduct)
        {
            trials.Try(trials.BestOf(LshPolicy.And) with { Lift = true });
        }
    }

    private static void TryOr(LshTrials trials)
    {
        var start = new LshOptions { Seed = trials.TunerOptions.Seed, Policy = LshPolicy.Or, SketchBits = trials.BestBits };
        if (trials.Metric == VectorMetric.InnerProduct)
        {
            trials.Try(start with { Functions = 2 });
            trials.Try(start with { Functions = 4 });
            return;
        }

        var gaussian = start with { Family = LshFamily.GaussianProjection };
        trials.Try(gaussian with { Functions = 4 });
        if (trials.BestOf(LshPolicy.Or) is { BucketWidth: > 0 } found)
        {
            trials.Try(found with { BucketWidth = found.BucketWidth / 4 });
            trials.Try(found with { BucketWidth = found.BucketWidth / 16 });
        }
    }

    private static void TryAtLeast(LshTrials trials)
    {
        var start = new LshOptions { Seed = trials.TunerOptions.Seed, Policy = LshPolicy.AtLeast };
        trials.Try(start with { Functions = 256, Required = 256 });
        trials.Try(start with { Functions = 128, Required = 128 });
        trials.Try(start with { Functions = 512, Required = 512 });
        if (trials.Metric != VectorMetric.InnerProduct)
        {
            trials.Try(start with { Family = LshFamily.GaussianProjection, Functions = 64, Required = 64 });
        }
    }
}
