using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Siskin.Server.Telemetry;

/// <summary>Counts and times of one version of a model.</summary>
internal sealed class ModelMetrics(string name, long version)
{
    private readonly ConcurrentDictionary<int, Counter> _requests = new();
    private long _lastRun;

    public string Name => name;

    public long Version => version;

    /// <summary>The labels of all its samples.</summary>
    public (string Name, string Value)[] Labels { get; } = [("model", name), ("version", version.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Requests by status.</summary>
    public IEnumerable<KeyValuePair<int, Counter>> Requests => _requests;

    /// <summary>Rows of requests that were answered.</summary>
    public Counter Rows { get; } = new();

    public Histogram Duration { get; } = new();

    public DurationSum Succeeded { get; } = new();

    public DurationSum Failed { get; } = new();

    /// <summary>Bodies made into tensors, for requests that were answered.</summary>
    public DurationSum Reading { get; } = new();

    /// <summary>The model itself, for requests that were answered.</summary>
    public DurationSum Running { get; } = new();

    /// <summary>Tensors made into answers, for requests that were answered.</summary>
    public DurationSum Writing { get; } = new();

    /// <summary>When the last request was answered, in milliseconds since 1970; 0 before the first.</summary>
    public long LastRun => Interlocked.Read(ref _lastRun);

    /// <summary>Adds a request that was answered.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="start">When its body had been read, in ticks of <see cref="Stopwatch"/>, as the others.</param>
    /// <param name="read">When its tensors were there.</param>
    /// <param name="run">When the model's were.</param>
    /// <param name="end">When the answer was written.</param>
    /// <param name="now">The time of day.</param>
    public void AddAnswered(int rows, long start, long read, long run, long end, DateTimeOffset now)
    {
        Count(200, start, end);
        Rows.Add(rows);
        Succeeded.Add(Stopwatch.GetElapsedTime(start, end));
        Reading.Add(Stopwatch.GetElapsedTime(start, read));
        Running.Add(Stopwatch.GetElapsedTime(read, run));
        Writing.Add(Stopwatch.GetElapsedTime(run, end));
        Interlocked.Exchange(ref _lastRun, now.ToUnixTimeMilliseconds());
    }

    /// <summary>Adds a request that was not.</summary>
    public void AddFailed(int status, long start, long end)
    {
        Count(status, start, end);
        Failed.Add(Stopwatch.GetElapsedTime(start, end));
    }

    private void Count(int status, long start, long end)
    {
        _requests.GetOrAdd(status, static _ => new Counter()).Add();
        Duration.Observe(Stopwatch.GetElapsedTime(start, end).TotalSeconds);
    }

    /// <summary>How often something was done, and how long it took in all.</summary>
    internal sealed class DurationSum
    {
        private readonly Counter _count = new();
        private readonly Counter _nanoseconds = new();

        public long Count => _count.Value;

        public long Nanoseconds => _nanoseconds.Value;

        public void Add(TimeSpan duration)
        {
            _count.Add();
            _nanoseconds.Add(duration.Ticks * TimeSpan.NanosecondsPerTick);
        }
    }
}
