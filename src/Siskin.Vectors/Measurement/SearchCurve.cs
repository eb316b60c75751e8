using System.Diagnostics;

namespace Siskin.Vectors.Measurement;

/// <summary>Measures recall against speed over a range of settings of one index.</summary>
/// <remarks>One query at a time on each thread. Nothing is allocated between the first and last query of a round.</remarks>
public static class SearchCurve
{
    /// <summary>Measures each setting in turn.</summary>
    /// <param name="index">What answers; its ids are the numbers of the truth's rows.</param>
    /// <param name="truth">The queries and their true neighbours; its k is asked for.</param>
    /// <param name="efforts">The settings, as <see cref="SearchOptions.Effort"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Gets each point as soon as it is measured, on the calling thread.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ArgumentException">Index and queries have different d or metric, there are no queries, or the options are not positive.</exception>
    public static IReadOnlyList<CurvePoint> Measure(
        IVectorIndex index,
        GroundTruth truth,
        ReadOnlySpan<int> efforts,
        SearchCurveOptions? options = null,
        IProgress<CurvePoint>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new SearchCurveOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rounds, 1);
        if (index.Dimensions != truth.Rows.Dimensions || index.Metric != truth.Metric)
        {
            throw new ArgumentException(
                $"the index has {index.Dimensions} dimensions and {index.Metric}, the true neighbours {truth.Rows.Dimensions} and {truth.Metric}", nameof(truth));
        }

        if (truth.Queries.Count == 0)
        {
            throw new ArgumentException("there are no queries to measure with", nameof(truth));
        }

        var round = new SearchRound(index, truth, options.Threads, cancellationToken);
        var points = new List<CurvePoint>(efforts.Length);
        foreach (var effort in efforts)
        {
            var point = MeasurePoint(round, truth, effort, options);
            points.Add(point);
            progress?.Report(point);
        }

        return points;
    }

    private static CurvePoint MeasurePoint(SearchRound round, GroundTruth truth, int effort, SearchCurveOptions options)
    {
        round.WarmUp(effort, options.WarmUp);
        var rounds = new List<RoundFigures>(options.Rounds);
        var started = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            rounds.Add(round.Run(effort));
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while ((rounds.Count < options.Rounds || elapsed < options.Least) && elapsed < options.Limit);

        return new CurvePoint(
            effort,
            truth.Recall(round.Ids),
            Median(rounds, r => r.QueriesPerSecond),
            Median(rounds, r => r.P50Microseconds),
            Median(rounds, r => r.P99Microseconds),
            rounds.Count);
    }

    private static double Median(List<RoundFigures> rounds, Func<RoundFigures, double> figure)
    {
        var sorted = rounds.Select(figure).Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
