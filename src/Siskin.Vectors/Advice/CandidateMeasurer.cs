using System.Diagnostics;
using Siskin.Vectors.Files;
using Siskin.Vectors.Measurement;

namespace Siskin.Vectors.Advice;

/// <summary>Measures on vectors: building on all threads, everything else on the calling one.</summary>
internal sealed class CandidateMeasurer(AdviceSample sample, IndexAdvisorOptions options) : ICandidateMeasurer
{
    private const int FirstRows = 1_000;

    private static readonly SearchCurveOptions Curve = new() { Rounds = 3, WarmUp = TimeSpan.FromMilliseconds(40), Limit = TimeSpan.FromSeconds(0.5) };

    // Enough for the code of an index to be compiled as well as it ever will be.
    private static readonly SearchCurveOptions First = new() { Rounds = 1, WarmUp = TimeSpan.FromMilliseconds(250) };

    private readonly Dictionary<int, GroundTruth> _truths = [];
    private readonly HashSet<string> _known = [];

    /// <inheritdoc/>
    public CandidateMeasurement Measure(IndexCandidate candidate, int rows, int mostEffort, CancellationToken cancellationToken)
    {
        var truth = Truth(rows, cancellationToken);
        if (_known.Add(candidate.Name))
        {
            Try(candidate, Math.Min(rows, FirstRows), cancellationToken);
        }

        var started = Stopwatch.GetTimestamp();
        using var index = candidate.Build(truth.Rows, options, cancellationToken);
        var build = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = index.Memory;
        var whole = candidate.WholeEffort(index);
        var points = new List<EffortFigures>();
        var neighbours = (long)sample.Queries.Count * options.K;
        foreach (var effort in candidate.Efforts(options.K))
        {
            var point = SearchCurve.Measure(index, truth, [effort], Curve, cancellationToken: cancellationToken)[0];
            points.Add(new EffortFigures(effort, point.Recall, 1e6 / point.QueriesPerSecond, point.P99Microseconds));
            if (effort >= mostEffort && (IsFarBeyond(point.Recall, rows, neighbours) || IsFlat(points)))
            {
                break;
            }
        }

        var add = MeasureAdding(index, rows);
        var remove = MeasureRemoving(candidate, index, rows);
        return new CandidateMeasurement(rows, neighbours, build, memory, points, add, remove, Stopwatch.GetElapsedTime(started).TotalSeconds) { WholeEffort = whole };
    }

    // Misses grow with the rows, hardly faster than taken here; far fewer than allowed even then, no more will be asked for. Fewer
    // than three of all neighbours cannot be told from none.
    private bool IsFarBeyond(double recall, int rows, long neighbours)
    {
        var growth = Math.Pow(Math.Max(1, (double)options.Count / rows), 1.15);
        var misses = (1 - recall) * neighbours;
        return misses <= (1 - options.Recall) * neighbours / Math.Max(8, 3 * growth) || (misses < 3 && recall > options.Recall);
    }

    // Compressed vectors that are not scored again set an end to recall, whatever the effort.
    private static bool IsFlat(List<EffortFigures> points) =>
        points.Count >= 4 && points[^1].Recall - points[^3].Recall < 0.1 * (1 - points[^3].Recall);

    private void Try(IndexCandidate candidate, int rows, CancellationToken cancellationToken)
    {
        var truth = Truth(rows, cancellationToken);
        using var index = candidate.Build(truth.Rows, options, cancellationToken);
        var efforts = candidate.Efforts(options.K);
        SearchCurve.Measure(index, truth, [efforts[efforts.Count / 3]], First, cancellationToken: cancellationToken);
        MeasureAdding(index, rows);
        MeasureRemoving(candidate, index, rows);
    }

    private GroundTruth Truth(int rows, CancellationToken cancellationToken)
    {
        if (!_truths.TryGetValue(rows, out var truth))
        {
            var set = new VectorSet(sample.Rows.Rows[..(rows * sample.Rows.Dimensions)], sample.Rows.Dimensions);
            truth = GroundTruth.Compute(set, sample.Queries, options.Metric, options.K, options.Threads, cancellationToken: cancellationToken);
            _truths.Add(rows, truth);
        }

        return truth;
    }

    // The first change of an index may make what only changes need; it is not counted.
    private double MeasureAdding(IVectorIndex index, int rows)
    {
        var spare = sample.Spare;
        var uncounted = Math.Max(1, spare.Count / 10);
        for (var i = 0; i < uncounted; i++)
        {
            index.Add(rows + i, spare[i]);
        }

        var started = Stopwatch.GetTimestamp();
        for (var i = uncounted; i < spare.Count; i++)
        {
            index.Add(rows + i, spare[i]);
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Math.Max(1, spare.Count - uncounted);
    }

    // Upkeep passes over the whole index and is worth it for many removals only: as many as the graph waits for, less one,
    // so that it does not begin by itself.
    private static double MeasureRemoving(IndexCandidate candidate, IVectorIndex index, int rows)
    {
        var count = Math.Max(1, Math.Min(Math.Max(1024, rows / 32) - 1, rows / 4));
        var started = Stopwatch.GetTimestamp();
        for (var id = 0; id < count; id++)
        {
            index.Remove(id);
        }

        candidate.KeepUp(index);
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / count;
    }
}
