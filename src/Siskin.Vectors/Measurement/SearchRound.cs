using System.Diagnostics;

namespace Siskin.Vectors.Measurement;

/// <summary>Asks all queries once and notes when each was answered.</summary>
internal sealed class SearchRound(IVectorIndex index, GroundTruth truth, int threads, CancellationToken cancellationToken)
{
    private readonly int[] _ids = new int[truth.Queries.Count * truth.K];
    private readonly long[] _ticks = new long[truth.Queries.Count];
    private readonly (long First, long Last)[] _spans = new (long, long)[threads];
    private readonly float[][] _scores = [.. Enumerable.Range(0, threads).Select(_ => new float[truth.K])];
    private int _next;

    /// <summary>What was found in the last round: queries × k.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Asks queries for a while, on this thread.</summary>
    public void WarmUp(int effort, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        for (var query = 0; Stopwatch.GetElapsedTime(started) < duration; query = (query + 1) % _ticks.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Ask(query, effort, _scores[0]);
        }
    }

    /// <summary>Asks each query once.</summary>
    public RoundFigures Run(int effort)
    {
        _next = 0;
        if (threads == 1)
        {
            Work(0, effort);
        }
        else
        {
            using var start = new Barrier(threads);
            var tasks = new Task[threads];
            for (var i = 0; i < threads; i++)
            {
                var thread = i;
                tasks[i] = Task.Factory.StartNew(
                    () =>
                    {
                        // Not to be left by a cancelled thread: the others wait here.
                        start.SignalAndWait(CancellationToken.None);
                        Work(thread, effort);
                    },
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default);
            }

            Task.WaitAll(tasks, CancellationToken.None);
        }

        var elapsed = _spans.Max(span => span.Last) - _spans.Min(span => span.First);
        Array.Sort(_ticks);
        return new RoundFigures(_ticks.Length * (double)Stopwatch.Frequency / Math.Max(1, elapsed), Percentile(0.5), Percentile(0.99));
    }

    private void Work(int thread, int effort)
    {
        var scores = _scores[thread];
        var first = Stopwatch.GetTimestamp();
        var before = first;
        for (var query = Interlocked.Increment(ref _next) - 1; query < _ticks.Length; query = Interlocked.Increment(ref _next) - 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Ask(query, effort, scores);
            var now = Stopwatch.GetTimestamp();
            _ticks[query] = now - before;
            before = now;
        }

        _spans[thread] = (first, before);
    }

    private void Ask(int query, int effort, float[] scores) =>
        index.Search(truth.Queries[query], _ids.AsSpan(query * truth.K, truth.K), scores, new SearchOptions { Effort = effort });

    // The nearest rank: the least latency that this share of the queries keeps to.
    private double Percentile(double share) =>
        _ticks[(int)Math.Ceiling(share * _ticks.Length) - 1] * 1e6 / Stopwatch.Frequency;
}
