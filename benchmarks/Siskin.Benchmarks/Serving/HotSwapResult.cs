namespace Siskin.Benchmarks.Serving;

/// <summary>What the client of a part of the measurement saw.</summary>
internal sealed record HotSwapResult
{
    public int Requests { get; init; }

    /// <summary>No answer, an error, or an empty list.</summary>
    public int Failures { get; init; }

    public string? FirstFailure { get; init; }

    /// <summary>Answers with an item that is not the named release's.</summary>
    public int Mixed { get; init; }

    public int Degraded { get; init; }

    public double PerSecond { get; init; }

    /// <summary>Answers by release.</summary>
    public IReadOnlyDictionary<int, int> Releases { get; init; } = new Dictionary<int, int>();

    /// <summary>Latency of each answer.</summary>
    public IReadOnlyList<int> Microseconds { get; init; } = [];

    public HotSwapResult Add(HotSwapResult other) => this with
    {
        Requests = Requests + other.Requests,
        Failures = Failures + other.Failures,
        FirstFailure = FirstFailure ?? other.FirstFailure,
        Mixed = Mixed + other.Mixed,
        Degraded = Degraded + other.Degraded,
        Releases = Releases.Concat(other.Releases).GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Sum(r => r.Value)),
        Microseconds = [.. Microseconds, .. other.Microseconds],
    };
}
