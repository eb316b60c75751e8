using System.ComponentModel.DataAnnotations;

namespace Siskin.Vectors.Advice;

/// <summary>What an index should be able to do, and how much may be spent on finding out which can.</summary>
public sealed record IndexAdvisorOptions
{
    internal const double LeastRecall = 0.01;

    /// <summary>How nearness is measured.</summary>
    /// <value>L2.</value>
    public VectorMetric Metric { get; init; } = VectorMetric.L2;

    /// <summary>How many vectors there will be; may be more than are at hand.</summary>
    /// <value>0, the default: as many as are at hand.</value>
    [Range(0, int.MaxValue)]
    public long Count { get; init; }

    /// <summary>How many nearest vectors a search asks for.</summary>
    /// <value>10; 1 to 1,000 are allowed.</value>
    [Range(1, 1000)]
    public int K { get; init; } = 10;

    /// <summary>The share of the true k nearest that searches should find on average.</summary>
    /// <value>0.95; 0.01 to 1 are allowed. 1 leaves only the exact index.</value>
    [Range(LeastRecall, 1)]
    public double Recall { get; init; } = 0.95;

    /// <summary>Most bytes that the index may hold (<see cref="IndexMemory.Total"/>).</summary>
    /// <value>Null, the default: any number.</value>
    public long? MemoryBytes { get; init; }

    /// <summary>Longest time of a search on one thread.</summary>
    /// <value>Null, the default: any time; the fastest is sought.</value>
    public TimeSpan? Latency { get; init; }

    /// <summary>Which time <see cref="Latency"/> bounds.</summary>
    /// <value><see cref="LatencyMeasure.P99"/>.</value>
    public LatencyMeasure LatencyMeasure { get; init; } = LatencyMeasure.P99;

    /// <summary>Vectors added or replaced per second, in the long run.</summary>
    /// <value>0.</value>
    [Range(0, 1e9)]
    public double AddsPerSecond { get; init; }

    /// <summary>Vectors removed per second, in the long run.</summary>
    /// <value>0.</value>
    [Range(0, 1e9)]
    public double RemovesPerSecond { get; init; }

    /// <summary>The share of one core that adding, removing and their upkeep may take.</summary>
    /// <value>0.5; 0.001 to 1,024 are allowed, above 1 for several cores.</value>
    [Range(0.001, 1024)]
    public double UpdateShare { get; init; } = 0.5;

    /// <summary>Rows to measure on, at most; a quarter of them is measured first, so that growth can be seen.</summary>
    /// <value>50,000; at least 100. No more are measured on than there will be, but 100 at least.</value>
    [Range(100, int.MaxValue)]
    public int SampleRows { get; init; } = 50_000;

    /// <summary>Queries to measure with, at most.</summary>
    /// <value>500; at least 10.</value>
    [Range(10, 100_000)]
    public int SampleQueries { get; init; } = 500;

    /// <summary>
    /// About how long to measure: no measurement begins that is thought to end after this time, but that two indexes are always
    /// measured, and what is recommended always on all rows of the sample. What is left out is named in the answer.
    /// </summary>
    /// <value>60 seconds.</value>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Seed of the sample and of the indexes. Times differ from run to run all the same.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Threads that build; searches and changes are measured on one. 0 takes one per processor.</summary>
    /// <value>0; up to 1,024 are allowed.</value>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">Names each option that is not allowed, its value and what is allowed.</exception>
    public void Check()
    {
        var errors = new List<string>();
        Within(nameof(Count), Count, 0, int.MaxValue);
        Within(nameof(K), K, 1, 1000);
        Within(nameof(Recall), Recall, LeastRecall, 1);
        Within(nameof(MemoryBytes), MemoryBytes ?? 1, 1, long.MaxValue);
        Within(nameof(AddsPerSecond), AddsPerSecond, 0, 1e9);
        Within(nameof(RemovesPerSecond), RemovesPerSecond, 0, 1e9);
        Within(nameof(UpdateShare), UpdateShare, 0.001, 1024);
        Within(nameof(SampleRows), SampleRows, 100, int.MaxValue);
        Within(nameof(SampleQueries), SampleQueries, 10, 100_000);
        Within(nameof(Threads), Threads, 0, 1024);
        if (Latency <= TimeSpan.Zero)
        {
            errors.Add($"{nameof(Latency)} is {Latency}; it must be longer than nothing");
        }

        if (TimeLimit <= TimeSpan.Zero)
        {
            errors.Add($"{nameof(TimeLimit)} is {TimeLimit}; it must be longer than nothing");
        }

        if (!Enum.IsDefined(Metric))
        {
            errors.Add($"{nameof(Metric)} is {Metric}; {string.Join(", ", Enum.GetNames<VectorMetric>())} are allowed");
        }

        if (!Enum.IsDefined(LatencyMeasure))
        {
            errors.Add($"{nameof(LatencyMeasure)} is {LatencyMeasure}; {string.Join(", ", Enum.GetNames<LatencyMeasure>())} are allowed");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", errors));
        }

        void Within(string name, double value, double least, double most)
        {
            if (!(value >= least && value <= most))
            {
                errors.Add(FormattableString.Invariant($"{name} is {value}; {least} to {most} are allowed"));
            }
        }
    }
}
