namespace Siskin.Vectors.Advice;

/// <summary>Bounds the share of neighbours that an approximate index misses at n, by the misses counted on smaller samples.</summary>
/// <remarks>
/// <para>Counts are few, so an upper bound of each is taken: x misses may have been x + 1.645·√x + 3, about the 95 % bound of a
/// Poisson count, which at none at all is the rule of three (Hanley and Lippman-Hand 1983). No index is thus foretold to miss
/// nothing.</para>
/// <para>Odds, misses ÷ (1 − misses), grow as a power of n. Rare misses grow faster than frequent ones: of images in a graph the power is
/// about 1 at 0.2 % of misses and 0.4 at 10 %, whatever n. So the powers seen between two samples, at the efforts that both have, are
/// fitted by a straight line over the logarithm of the odds, and n is reached in steps as long as that between the samples, each
/// with the power of the odds it starts from. A margin and the deviation from the line are added to the power, so that the bound
/// widens with the distance to n.</para>
/// <para>Nothing is foretold for an effort that looks at half of a sample or more where it would look at less of n.</para>
/// </remarks>
internal sealed class MissForecast
{
    /// <summary>Added to the power, beside the deviation from the line.</summary>
    public const double GrowthMargin = 0.1;

    // Taken where too little was seen.
    private const double AssumedGrowth = 1;
    private const double AssumedDeviation = 0.1;
    private const double AssumedStep = 4;
    private const double MostGrowth = 2;

    // Fewer misses than this tell nothing of their growth.
    private const int LeastMisses = 10;

    private readonly CandidateMeasurement _last;
    private readonly double _ratio;
    private readonly double _step = AssumedStep;

    // The power at even odds, how it changes with the logarithm of the odds, and how far single ones are from that.
    private readonly double _growth = AssumedGrowth;
    private readonly double _slope;
    private readonly double _deviation = AssumedDeviation;

    /// <param name="samples">By rising rows; of several the two largest are used.</param>
    /// <param name="n">Vectors that there will be.</param>
    public MissForecast(IReadOnlyList<CandidateMeasurement> samples, long n)
    {
        _last = samples[^1];
        _ratio = Math.Max(1, (double)n / _last.Rows);
        if (samples.Count > 1)
        {
            _step = (double)_last.Rows / samples[^2].Rows;
            (_growth, _slope, _deviation) = Seen(samples[^2], _last, _step);
        }
    }

    /// <summary>Most misses at n, as a share above 0 and up to 1.</summary>
    /// <param name="point">A point of the largest sample.</param>
    public double At(EffortFigures point)
    {
        var misses = Bound(1 - point.Recall, _last.Neighbours);
        if (misses >= 1 || (_ratio > 1 && LooksAtMuch(point.Effort, _last)))
        {
            return 1;
        }

        var odds = misses / (1 - misses);
        for (var left = _ratio; left > 1; left /= _step)
        {
            odds *= Math.Pow(Math.Min(left, _step), GrowthAt(odds));
        }

        return odds / (1 + odds);
    }

    /// <summary>The power by which odds grow with n at most, with its margins.</summary>
    public double GrowthAt(double odds) => Math.Clamp(_growth + (_slope * Math.Log(odds)), 0, MostGrowth) + GrowthMargin + _deviation;

    /// <summary>Most misses that are likely by those that were counted, as a share.</summary>
    /// <param name="misses">The share seen.</param>
    /// <param name="neighbours">How many were looked for.</param>
    public static double Bound(double misses, long neighbours)
    {
        var count = Math.Max(0, misses * neighbours);
        return Math.Min(1, (count + (1.645 * Math.Sqrt(count)) + 3) / neighbours);
    }

    // A straight line through the powers seen, because each alone is seen with much chance.
    private static (double AtEven, double Slope, double Deviation) Seen(CandidateMeasurement before, CandidateMeasurement last, double step)
    {
        var (count, x, y, xx, xy, yy) = (0, 0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var point in last.Points)
        {
            if (before.At(point.Effort) is { } same && !LooksAtMuch(point.Effort, before) && IsTelling(same, before) && IsTelling(point, last))
            {
                var log = Math.Log(Odds(same));
                var power = (Math.Log(Odds(point)) - log) / Math.Log(step);
                (count, x, y) = (count + 1, x + log, y + power);
                (xx, xy, yy) = (xx + (log * log), xy + (log * power), yy + (power * power));
            }
        }

        if (count == 0)
        {
            return (AssumedGrowth, 0, AssumedDeviation);
        }

        var spread = xx - (x * x / count);
        var covariance = xy - (x * y / count);
        var slope = count > 2 && spread > 1e-9 ? covariance / spread : 0;
        var deviation = count > 2 ? Math.Sqrt(Math.Max(0, yy - (y * y / count) - (slope * covariance)) / (count - 2)) : AssumedDeviation;
        return ((y - (slope * x)) / count, slope, deviation);
    }

    private static bool LooksAtMuch(int effort, CandidateMeasurement sample) => sample.WholeEffort > 0 && effort * 2L >= sample.WholeEffort;

    private static bool IsTelling(EffortFigures point, CandidateMeasurement sample) =>
        point.Recall > 0 && (1 - point.Recall) * sample.Neighbours >= LeastMisses - 1e-6;

    private static double Odds(EffortFigures point) => (1 - point.Recall) / point.Recall;
}
