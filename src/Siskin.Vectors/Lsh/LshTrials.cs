using System.Diagnostics;

namespace Siskin.Vectors.Lsh;

/// <summary>Builds settings over the sample of a tuning, measures them, and remembers.</summary>
internal sealed class LshTrials(LshTunerTruth truth, VectorMetric metric, LshTunerOptions options, Stopwatch watch)
{
    // Of the whole time; the rest is for measuring over all rows.
    private const double TrialShare = 0.6;
    private const int MostProbes = 1 << 14;
    private const int MostSteps = 3;

    private static readonly double[] Deviations = [0, 0.5, 1, 1.5, 2];

    private readonly List<LshTuningPoint> _points = [];
    private TimeSpan _deadline;
    private int _firstOfPolicy;
    private readonly HashSet<LshOptions> _tried = [];
    private readonly LshUnitCosts _costs = new(truth.Sample.Span, truth.Dimensions);

    public VectorMetric Metric { get; } = metric;

    public LshTunerOptions TunerOptions { get; } = options;

    public IReadOnlyList<LshTuningPoint> Points => _points;

    /// <summary>Sketch bits of the best setting so far that has sketches.</summary>
    public int BestBits => _points.Count == 0 ? TunerOptions.SketchBits[0] : Best(final: false).Options.SketchBits;

    /// <summary>The cheapest setting of a policy that reaches the recall, or the nearest to it; the default one when none was tried.</summary>
    public LshOptions BestOf(LshPolicy policy) => Choose(_points.Where(point => point.Options.Policy == policy))?.Options ?? new LshOptions { Policy = policy };

    /// <summary>The best point so far.</summary>
    /// <param name="final">Whether points measured over all rows, when there are some, are the only ones that count.</param>
    public LshTuningPoint Best(bool final)
    {
        var measured = _points.Where(point => !point.IsExtrapolated);
        return (final ? Choose(measured) : null) ?? Choose(_points)!;
    }

    /// <summary>Starts the share of time of a policy; one setting of it is tried even when there is none left.</summary>
    /// <param name="number">Which one, from 0.</param>
    /// <param name="count">How many there are.</param>
    public void StartPolicy(int number, int count)
    {
        var left = (TunerOptions.TimeLimit * TrialShare) - watch.Elapsed;
        _deadline = watch.Elapsed + (left / (count - number));
        _firstOfPolicy = _points.Count;
    }

    /// <summary>Builds a setting over the sample and searches it with rising effort.</summary>
    /// <returns>False when it was tried before or time is short.</returns>
    public bool Try(LshOptions setting)
    {
        setting = setting with { Probes = 1, SketchDeviations = 1 };
        if ((_points.Count > _firstOfPolicy && watch.Elapsed > _deadline) || !_tried.Add(setting))
        {
            return false;
        }

        using var index = LshIndex.Build(truth.Sample.Span, truth.Dimensions, Metric, setting, threads: TunerOptions.Threads);
        Climb(index, index.Options, truth.Share);
        return true;
    }

    /// <summary>Builds the best setting over all rows and finds the effort that reaches the recall there.</summary>
    public void MeasureAll(ReadOnlyMemory<float> rows)
    {
        var best = Best(final: false).Options;
        using var index = LshIndex.Build(rows.Span, truth.Dimensions, Metric, best, threads: TunerOptions.Threads);
        Refine(index, best);
    }

    private void Climb(LshIndex index, LshOptions setting, double share)
    {
        if (setting.Policy == LshPolicy.AtLeast)
        {
            // More and more functions may disagree; half of them do for vectors that have nothing to do with each other.
            var signs = setting.Family == LshFamily.SignProjection;
            for (var disagreeing = setting.Functions / 16; disagreeing < setting.Functions * (signs ? 0.45 : 0.95); disagreeing += Math.Max(1, setting.Functions / 32))
            {
                if (Measure(index, setting with { Probes = disagreeing + 1 }, share).Recall > Enough)
                {
                    return;
                }
            }

            return;
        }

        var deviations = setting.SketchBits == 0 ? [1.0] : Deviations;
        foreach (var z in deviations)
        {
            index.SetSketchDeviations(z);
            var last = 0.0;
            for (var probes = 1; probes <= MostProbes; probes *= 2)
            {
                var point = Measure(index, setting with { Probes = probes, SketchDeviations = z }, share);
                var cheapest = Choose(_points)!;
                var tooSlow = point.Microseconds > 2 * cheapest.Microseconds && cheapest.Recall >= TunerOptions.Recall && probes > 8;
                if (point.Recall > Enough || (probes > 16 && point.Recall < last + 0.002) || tooSlow || watch.Elapsed > _deadline)
                {
                    break;
                }

                last = point.Recall;
            }
        }
    }

    // Over all rows the k-th best score is soon better than over a sample, and sketches then shut out more: wider ones are tried too.
    private void Refine(LshIndex index, LshOptions best)
    {
        double[] changes = best.Policy == LshPolicy.AtLeast || best.SketchBits == 0 ? [0] : [0, 0.25, 0.5, 1];
        var reached = false;
        foreach (var change in changes)
        {
            var setting = best with { SketchDeviations = best.SketchDeviations + change };
            index.SetSketchDeviations(setting.SketchDeviations);
            var (recall, last) = (Measure(index, setting, 1).Recall, 0.0);
            var isUp = recall < Wanted;

            // Up from the best until the recall is reached, the last time as far as it takes; else down as long as it is.
            var steps = change == changes[^1] ? int.MaxValue : MostSteps;
            while (isUp ? recall < Wanted && recall > last + 0.0005 && setting.Probes < MostProbes && steps-- > 0 : recall >= Wanted && setting.Probes > 1)
            {
                if (reached && watch.Elapsed > TunerOptions.TimeLimit)
                {
                    return;
                }

                setting = setting with { Probes = Step(setting, isUp) };
                (recall, last) = (Measure(index, setting, 1).Recall, recall);
            }

            reached |= !isUp || recall >= Wanted;
            if (reached && watch.Elapsed > TunerOptions.TimeLimit)
            {
                return;
            }
        }
    }

    private static int Step(LshOptions setting, bool isUp)
    {
        var step = setting.Policy == LshPolicy.AtLeast ? Math.Max(1, setting.Functions / 128) : Math.Max(1, setting.Probes / 5);
        return Math.Max(1, setting.Probes + (isUp ? step : -step));
    }

    // Half a standard error of the measured recall on the safe side.
    private double Wanted => Math.Min(1, TunerOptions.Recall + (0.5 * Math.Sqrt(TunerOptions.Recall * (1 - TunerOptions.Recall) / (truth.Count * truth.K))));

    // Beyond this a curve need not go on.
    private double Enough => Math.Min(0.995, TunerOptions.Recall + 0.05);

    private LshTuningPoint Measure(LshIndex index, LshOptions setting, double share)
    {
        var (ids, scores) = (new int[truth.K], new float[truth.K]);
        var (work, hits, best) = (default(LshWork), 0L, double.PositiveInfinity);
        for (var round = 0; round < 2; round++)
        {
            (work, hits) = (default, 0);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < truth.Count; i++)
            {
                index.SearchCounting(truth.Query(i), ids, scores, setting.Probes, ref work);
                hits += truth.Hits(i, scores);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / truth.Count);
        }

        // Rows that the sample leaves out would have been met as often as those in it; the k results are all in it.
        var scanned = (double)work.Scanned / truth.Count;
        var compared = (double)work.Compared / truth.Count;
        var found = Math.Min(compared, truth.K);
        var (allScanned, allCompared) = (scanned / share, found + ((compared - found) / share));
        var microseconds = best + ((allScanned - scanned) * _costs.ScanMicroseconds(index.Options)) + ((allCompared - compared) * _costs.CompareMicroseconds);
        var point = new LshTuningPoint(setting, (double)hits / (truth.Count * truth.K), allScanned, allCompared, microseconds, share < 1);
        _points.Add(point);
        return point;
    }

    private LshTuningPoint? Choose(IEnumerable<LshTuningPoint> points)
    {
        var wanted = Wanted;
        LshTuningPoint? best = null;
        foreach (var point in points)
        {
            var reaches = point.Recall >= wanted;
            var bestReaches = best is not null && best.Recall >= wanted;
            if (best is null || (reaches && !bestReaches) || (reaches == bestReaches && (reaches ? point.Microseconds < best.Microseconds : point.Recall > best.Recall)))
            {
                best = point;
            }
        }

        return best;
    }
}
