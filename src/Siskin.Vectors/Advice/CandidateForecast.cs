namespace Siskin.Vectors.Advice;

/// <summary>What an index would do with n vectors, by what was measured on fewer.</summary>
/// <remarks>
/// <para>Memory runs straight through both samples. A time c grows as c(n) = c₂ + max((c₂ − c₁) / (f(n₂) − f(n₁)), c₂ / f(n₂)) · (f(n) − f(n₂)),
/// where f is the law of the index and 1 and 2 are the two samples: as the law says, or faster where that was seen, as when
/// vectors outgrow a cache. Building takes n times as long as adding one vector while it is built.</para>
/// <para>Recall is foretold by <see cref="MissForecast"/>, as a bound that searches should keep to.</para>
/// <para>Nothing is foretold for fewer vectors than the smallest sample has: these figures stand for fewer too.</para>
/// </remarks>
internal sealed class CandidateForecast
{
    private readonly MeasuredCandidate _candidate;
    private readonly double _n;

    private CandidateForecast(MeasuredCandidate candidate, long n)
    {
        (_candidate, _n) = (candidate, Math.Max(n, candidate.Samples[0].Rows));
        var misses = candidate.IsExact ? null : new MissForecast(candidate.Samples, n);
        Points = Foretell(misses);
        MemoryBytes = ForetellMemory();
        BuildSeconds = n * Grow(candidate.ChangeGrowth, sample => sample.BuildSeconds / sample.Rows);
        AddMicroseconds = Grow(candidate.ChangeGrowth, sample => sample.AddMicroseconds);
        RemoveMicroseconds = Grow(candidate.ChangeGrowth, sample => sample.RemoveMicroseconds);
    }

    /// <summary>Searches at n, by rising effort; recall never falls.</summary>
    public IReadOnlyList<EffortFigures> Points { get; }

    /// <summary>Bytes held at n.</summary>
    public long MemoryBytes { get; }

    /// <summary>Time to build at n.</summary>
    public double BuildSeconds { get; }

    /// <summary>Time to add a vector to n.</summary>
    public double AddMicroseconds { get; }

    /// <summary>Time to remove one of n vectors.</summary>
    public double RemoveMicroseconds { get; }

    private CandidateMeasurement Last => _candidate.Samples[^1];

    /// <summary>Foretells an index that was measured on one sample at least.</summary>
    /// <param name="candidate">Of several samples the two largest are used.</param>
    /// <param name="n">Vectors that there will be.</param>
    public static CandidateForecast Of(MeasuredCandidate candidate, long n) => new(candidate, n);

    private EffortFigures[] Foretell(MissForecast? misses)
    {
        var points = new EffortFigures[Last.Points.Count];
        var best = 0.0;
        for (var i = 0; i < points.Length; i++)
        {
            var point = Last.Points[i];
            var mean = Grow(_candidate.SearchGrowth, sample => sample.At(point.Effort)?.MeanMicroseconds ?? double.NaN);

            // The tail grows with the mean: the few slowest of some hundred queries are too few to see growth of their own.
            var p99 = point.P99Microseconds * (mean / point.MeanMicroseconds);

            // Looking harder finds no less: what is sure of one effort is sure of all above it.
            best = Math.Max(best, misses is null ? point.Recall : 1 - misses.At(point));
            points[i] = new EffortFigures(point.Effort, best, mean, p99);
        }

        return points;
    }

    // Tables and codebooks that are the same for any n would be counted many times over in proportion.
    private long ForetellMemory()
    {
        var last = (double)Last.Memory.Total;
        var perRow = last / Last.Rows;
        if (_candidate.Samples.Count > 1)
        {
            var before = _candidate.Samples[^2];
            perRow = Math.Max(0, last - before.Memory.Total) / (Last.Rows - before.Rows);
        }

        return (long)Math.Round(last + (perRow * (_n - Last.Rows)));
    }

    private double Grow(GrowthLaw law, Func<CandidateMeasurement, double> cost)
    {
        var last = cost(Last);
        if (law == GrowthLaw.Constant)
        {
            return last;
        }

        var byLaw = last * Law(law, _n) / Law(law, Last.Rows);
        if (_candidate.Samples.Count < 2 || cost(_candidate.Samples[^2]) is double.NaN)
        {
            return byLaw;
        }

        var before = _candidate.Samples[^2];
        var perLaw = (last - cost(before)) / (Law(law, Last.Rows) - Law(law, before.Rows));
        var seen = last + (perLaw * (Law(law, _n) - Law(law, Last.Rows)));
        if (law == GrowthLaw.Affine)
        {
            byLaw = last * Law(GrowthLaw.Logarithmic, _n) / Law(GrowthLaw.Logarithmic, Last.Rows);
        }

        // Below the largest sample the one that grows faster gives less; between the two what was seen is what is known.
        return _n < Last.Rows ? seen : Math.Max(seen, byLaw);
    }

    private static double Law(GrowthLaw law, double n) => law switch
    {
        GrowthLaw.Linear or GrowthLaw.Affine => n,
        GrowthLaw.SquareRoot => Math.Sqrt(n),
        _ => Math.Log(n),
    };
}
