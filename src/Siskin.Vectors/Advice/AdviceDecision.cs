using System.Globalization;

namespace Siskin.Vectors.Advice;

/// <summary>Chooses among measured indexes, and tells what to give up when none fits.</summary>
internal static class AdviceDecision
{
    // Indexes this near in time count as equally fast, and memory decides; it is also what times differ by from run to run.
    private const double NearlyAsFast = 1.15;

    // Smaller ratios are not worth a word.
    private const double LeastDifference = 1.05;

    // So much below the latency an exact index needs no tuning and no second thought.
    private const double PlainEnough = 0.5;

    /// <summary>Verdicts in the order in which they are shown: the recommended one first, then those that fit, then the others, nearest first.</summary>
    public static IReadOnlyList<CandidateVerdict> Order(IEnumerable<CandidateVerdict> verdicts, IndexAdvisorOptions options)
    {
        var ordered = verdicts.OrderBy(verdict => verdict.Distance).ThenBy(verdict => verdict.Search.MeanMicroseconds).ThenBy(verdict => verdict.Candidate.Name, StringComparer.Ordinal).ToList();
        var fitting = ordered.Where(verdict => verdict.Fits).ToList();
        if (fitting.Count > 0)
        {
            var best = Choose(fitting, options);
            ordered.Remove(best);
            ordered.Insert(0, best);
        }

        return ordered;
    }

    /// <summary>Why the first of them is recommended.</summary>
    public static IReadOnlyList<string> ReasonsFor(CandidateVerdict best, IReadOnlyList<CandidateVerdict> verdicts, IndexAdvisorOptions options)
    {
        if (best.Candidate.IsExact && IsPlainEnough(best, options))
        {
            return ["exact and well within the latency: nothing to tune, recall 1"];
        }

        var fastest = verdicts.Where(verdict => verdict.Fits).MinBy(verdict => verdict.Search.MeanMicroseconds)!;
        return fastest == best
            ? ["the fastest that fits"]
            : [string.Create(CultureInfo.InvariantCulture, $"nearly as fast as {fastest.Candidate.Name}, in {(double)best.Forecast.MemoryBytes / fastest.Forecast.MemoryBytes:P0} of its memory")];
    }

    /// <summary>Why another is not.</summary>
    public static IReadOnlyList<string> ReasonsAgainst(CandidateVerdict verdict, CandidateVerdict best)
    {
        if (!verdict.Fits)
        {
            return verdict.Faults();
        }

        var slower = verdict.Search.MeanMicroseconds / best.Search.MeanMicroseconds;
        var larger = (double)verdict.Forecast.MemoryBytes / best.Forecast.MemoryBytes;
        var faults = new List<string>();
        if (slower >= LeastDifference)
        {
            faults.Add($"{Times(slower)} as slow");
        }

        if (larger >= LeastDifference)
        {
            faults.Add($"{Times(larger)} the memory");
        }

        // Only when the recommended one is fast enough or nearly as fast.
        var fits = slower <= 1 / LeastDifference ? $"fits, {Times(1 / slower)} as fast" : "fits";
        return
        [
            faults.Count > 0 ? $"{fits}, but {string.Join(" and ", faults)}"
            : best.Candidate.IsExact ? $"{fits}, but not exact"
            : $"{fits}, and is about as good",
        ];
    }

    /// <summary>When nothing fits: for each constraint by how much to loosen it, alone, so that something does.</summary>
    public static IReadOnlyList<string> Loosen(IReadOnlyList<CandidateVerdict> verdicts, IndexAdvisorOptions options)
    {
        var hints = new List<string>();
        if (options.MemoryBytes is { } memory
            && verdicts.Where(v => v.FitsRecall && v.FitsLatency && v.FitsUpdates).MinBy(v => v.Forecast.MemoryBytes) is { } small)
        {
            hints.Add($"memory: {AdviceText.Bytes(small.Forecast.MemoryBytes)} instead of {AdviceText.Bytes(memory)} would do, for {small.Candidate.Name}");
        }

        if (options.Latency is { } latency
            && verdicts.Where(v => v.FitsMemory && v.FitsRecall && v.FitsUpdates).MinBy(v => v.Reaching!.Microseconds(options.LatencyMeasure)) is { } quick)
        {
            hints.Add($"latency: {AdviceText.Measure(options.LatencyMeasure)} {AdviceText.Time(quick.Reaching!.Microseconds(options.LatencyMeasure))} instead of {AdviceText.Time(latency.TotalMicroseconds)} would do, for {quick.Candidate.Name}");
        }

        if (verdicts.Where(v => v.FitsMemory && v.FitsUpdates && v.Quick is not null).MaxBy(v => v.Quick!.Recall) is { } good)
        {
            var recall = good.Quick!.Recall;
            if (recall >= IndexAdvisorOptions.LeastRecall)
            {
                hints.Add($"recall: {AdviceText.Recall(recall)} instead of {AdviceText.Recall(options.Recall)} would do, for {good.Candidate.Name}");
            }
        }

        if (verdicts.Where(v => v.FitsMemory && v.FitsRecall && v.FitsLatency && !v.FitsUpdates).MaxBy(v => v.UpdateScale) is { } steady)
        {
            hints.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"changes: {steady.UpdateScale:P0} of the adds and removals would do, or {steady.UpdateLoad:F2} of a core instead of {options.UpdateShare:F2}, for {steady.Candidate.Name}"));
        }

        if (hints.Count == 0 && verdicts.Count > 0)
        {
            var nearest = verdicts[0];
            hints.Add($"no one constraint alone is enough; the nearest is {nearest.Candidate.Name}: {string.Join("; ", nearest.Faults())}");
        }

        return hints;
    }

    private static CandidateVerdict Choose(List<CandidateVerdict> fitting, IndexAdvisorOptions options)
    {
        if (fitting.Find(verdict => verdict.Candidate.IsExact && IsPlainEnough(verdict, options)) is { } exact)
        {
            return exact;
        }

        var fastest = fitting.Min(verdict => verdict.Search.MeanMicroseconds);
        return fitting.Where(verdict => verdict.Search.MeanMicroseconds <= fastest * NearlyAsFast).MinBy(verdict => verdict.Forecast.MemoryBytes)!;
    }

    private static string Times(double ratio) => $"{ratio.ToString(ratio >= 9.95 ? "F0" : "F1", CultureInfo.InvariantCulture)} times";

    private static bool IsPlainEnough(CandidateVerdict verdict, IndexAdvisorOptions options) =>
        options.Latency is { } latency && verdict.Search.Microseconds(options.LatencyMeasure) <= latency.TotalMicroseconds * PlainEnough;
}
