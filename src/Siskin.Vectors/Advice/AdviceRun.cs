using System.Globalization;

namespace Siskin.Vectors.Advice;

/// <summary>Measures indexes while there is time, the promising ones first, and decides.</summary>
internal sealed class AdviceRun(ICandidateMeasurer measurer, IReadOnlyList<IndexCandidate> candidates, IndexAdvisorOptions options, TimeProvider time)
{
    private const int SmallPart = 4;
    private const int LeastSmall = 50;

    // The small samples of all indexes may take this share of the time, so that some is left for the large ones.
    private const double SmallShare = 0.5;

    // The rest is kept for what turns out best at the end.
    private const double LargeShare = 0.85;

    // Building and searching take a little longer per row on more rows.
    private const double Slowdown = 1.2;

    private readonly long _started = time.GetTimestamp();
    private readonly List<MeasuredCandidate> _measured = [];
    private IProgress<AdviceProgress>? _progress;

    private double Passed => time.GetElapsedTime(_started) / options.TimeLimit;

    /// <summary>Measures and decides.</summary>
    public IndexAdvice Run(int sampleRows, int sampleQueries, int dimensions, IProgress<AdviceProgress>? progress, CancellationToken cancellationToken)
    {
        _progress = progress;
        MeasureSmall(Math.Min(sampleRows, Math.Max(LeastSmall, sampleRows / SmallPart)), cancellationToken);
        MeasureLarge(sampleRows, cancellationToken);
        return Decide(_measured, options, dimensions, sampleRows, sampleQueries, time.GetElapsedTime(_started).TotalSeconds);
    }

    /// <summary>Decides by what was measured.</summary>
    public static IndexAdvice Decide(
        IReadOnlyList<MeasuredCandidate> measured, IndexAdvisorOptions options, int dimensions, int sampleRows, int sampleQueries, double elapsedSeconds)
    {
        var verdicts = AdviceDecision.Order(Verdicts(measured, options), options);
        var best = verdicts.Count > 0 && verdicts[0].Fits ? verdicts[0] : null;
        var estimates = verdicts.Select(verdict => verdict.ToEstimate(
            verdict == best ? AdviceDecision.ReasonsFor(verdict, verdicts, options)
            : best is null ? verdict.Faults()
            : AdviceDecision.ReasonsAgainst(verdict, best))).ToList();
        return new IndexAdvice(
            options,
            dimensions,
            sampleRows,
            sampleQueries,
            best is null ? null : estimates[0],
            best is null ? estimates : [.. estimates.Skip(1)],
            best is null ? AdviceDecision.Loosen(verdicts, options) : [],
            [.. Notes(measured, verdicts, options, sampleRows)],
            measured,
            elapsedSeconds);
    }

    private void MeasureSmall(int rows, CancellationToken cancellationToken)
    {
        foreach (var candidate in candidates)
        {
            // The first ones always: without them there would be no answer at all.
            var samples = new List<CandidateMeasurement>();
            if (_measured.Count < 2 || Passed < SmallShare)
            {
                samples.Add(Measure(candidate, rows, mostEffort: 0, cancellationToken));
            }

            _measured.Add(new MeasuredCandidate(
                candidate.Name, candidate.Kind, candidate.Parameters(options.Count), candidate.EffortName, candidate.SearchGrowth, candidate.ChangeGrowth, samples));
        }
    }

    // What would be recommended is measured first and whatever the time, until that is one that has been; then the others while
    // time is left, because what they turn out to be may change the choice. Each is measured once, so this ends.
    private void MeasureLarge(int rows, CancellationToken cancellationToken)
    {
        while (NextLarge(rows) is { } next)
        {
            var small = next.Samples[0];
            var at = _measured.IndexOf(next);
            var large = Measure(candidates[at], rows, small.Points[^1].Effort, cancellationToken);
            _measured[at] = next with { Samples = [small, large] };
        }
    }

    private MeasuredCandidate? NextLarge(int rows)
    {
        var verdicts = AdviceDecision.Order(Verdicts(_measured, options), options);
        foreach (var verdict in verdicts)
        {
            var last = verdict.Candidate.Samples[^1];
            var expected = TimeSpan.FromSeconds(last.ElapsedSeconds * Slowdown * rows / last.Rows);
            if (last.Rows < rows && ((verdict == verdicts[0] && verdict.Fits) || Passed + (expected / options.TimeLimit) <= LargeShare))
            {
                return verdict.Candidate;
            }
        }

        return null;
    }

    private static IEnumerable<CandidateVerdict> Verdicts(IEnumerable<MeasuredCandidate> measured, IndexAdvisorOptions options) =>
        measured.Where(candidate => candidate.Samples.Count > 0).Select(candidate => new CandidateVerdict(candidate, options));

    private CandidateMeasurement Measure(IndexCandidate candidate, int rows, int mostEffort, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _progress?.Report(new AdviceProgress(string.Create(CultureInfo.InvariantCulture, $"measuring {candidate.Name} on {rows:N0} vectors"), Math.Min(1, Passed)));
        return measurer.Measure(candidate, rows, mostEffort, cancellationToken);
    }

    private static IEnumerable<string> Notes(
        IReadOnlyList<MeasuredCandidate> measured, IReadOnlyList<CandidateVerdict> verdicts, IndexAdvisorOptions options, int sampleRows)
    {
        var left = measured.Where(candidate => candidate.Samples.Count == 0).Select(candidate => candidate.Name).ToList();
        if (left.Count > 0)
        {
            yield return $"no time to measure: {string.Join("; ", left)}";
        }

        var small = verdicts.Where(verdict => verdict.Candidate.Samples[^1].Rows < sampleRows).Select(verdict => verdict.Candidate.Name).ToList();
        if (small.Count > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"no time to measure on more than {verdicts.Min(verdict => verdict.Candidate.Samples[^1].Rows):N0} vectors, and so less certain: {string.Join("; ", small)}");
        }

        if (verdicts is [{ Fits: true } best, ..] && best.Candidate.Samples[^1].Memory.MappedOriginals is > 0 and var mapped)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{best.Candidate.Name} reads whole vectors from its file, {AdviceText.Bytes(mapped / best.Candidate.Samples[^1].Rows * options.Count)} beside the memory told: as fast as measured only while the system keeps them in memory");
        }

        if (options.Count > 10L * sampleRows)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{options.Count:N0} vectors are {(double)options.Count / sampleRows:F0} times the sample: try the recommendation before relying on it");
        }
    }
}
