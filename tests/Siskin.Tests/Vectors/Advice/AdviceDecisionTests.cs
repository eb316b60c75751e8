using Siskin.Vectors.Advice;

namespace Siskin.Tests.Vectors.Advice;

public sealed class AdviceDecisionTests
{
    private static readonly IndexAdvisorOptions Wanted = new() { Count = 4000, Recall = 0.9 };

    private static readonly MeasuredCandidate Exact = Measured.Exact(Measured.Sample(4000, 400_000, 1, Measured.At(0, 1, 1000)));

    private static readonly MeasuredCandidate Slow = Measured.Graph("slow", Measured.Sample(4000, 200_000, 400, Measured.At(10, 0.7, 50), Measured.At(40, 0.95, 200)));

    private static readonly MeasuredCandidate Fast = Measured.Graph("fast", Measured.Sample(4000, 800_000, 800, Measured.At(10, 0.7, 20), Measured.At(40, 0.95, 80)));

    [Fact]
    public void Without_budgets_the_fastest_at_the_recall_is_recommended()
    {
        var advice = Measured.Decide(Wanted, Exact, Slow, Fast);

        Assert.Equal("fast", advice.Recommended!.Name);
        Assert.InRange(advice.Recommended.Search.Recall, 0.9, 0.905);
        Assert.Equal(advice.Recommended.Search.Effort.ToString(), advice.Recommended.Parameters["EfSearch"]);
        Assert.Equal(["slow", "exact"], advice.Alternatives.Select(estimate => estimate.Name));
        Assert.Equal(["fits, but 2.5 times as slow"], advice.Alternatives[0].Reasons);
        Assert.Empty(advice.Loosen);
    }

    [Fact]
    public void Of_those_nearly_as_fast_the_one_with_the_least_memory_is_recommended()
    {
        var small = Measured.Graph("small", Measured.Sample(4000, 100_000, 800, Measured.At(10, 0.7, 22), Measured.At(40, 0.95, 88)));

        var advice = Measured.Decide(Wanted, Fast, small);

        Assert.Equal("small", advice.Recommended!.Name);
        Assert.Equal(["fits, 1.1 times as fast, but 8.0 times the memory"], Assert.Single(advice.Alternatives).Reasons);
    }

    [Fact]
    public void Exact_is_recommended_when_it_takes_half_of_the_latency()
    {
        Assert.Equal("exact", Measured.Decide(Wanted with { Latency = TimeSpan.FromMilliseconds(4) }, Slow, Exact, Fast).Recommended!.Name);
        Assert.Equal(
            ["fits, 21 times as fast, but 2.0 times the memory"],
            Measured.Decide(Wanted with { Latency = TimeSpan.FromMilliseconds(4) }, Exact, Fast).Alternatives[0].Reasons);
        Assert.Equal("fast", Measured.Decide(Wanted with { Latency = TimeSpan.FromMilliseconds(3.9) }, Slow, Exact, Fast).Recommended!.Name);
        Assert.Equal("exact", Measured.Decide(Wanted with { Latency = TimeSpan.FromMilliseconds(2), LatencyMeasure = LatencyMeasure.Mean }, Slow, Exact, Fast).Recommended!.Name);
    }

    [Fact]
    public void Only_exact_reaches_a_recall_of_one()
    {
        var flawless = Measured.Graph("flawless", Measured.Sample(4000, 100_000, 1, Measured.At(10, 1, 1)));

        Assert.Equal("exact", Measured.Decide(Wanted with { Recall = 1 }, flawless, Exact).Recommended!.Name);
        Assert.Null(Measured.Decide(Wanted with { Recall = 1 }, flawless).Recommended);
        Assert.Equal("exact", Measured.Decide(Wanted with { Recall = 1 }, Slow, Exact, Fast).Recommended!.Name);
    }

    [Fact]
    public void Too_much_memory_is_said_in_figures()
    {
        var advice = Measured.Decide(Wanted with { MemoryBytes = 300_000 }, Slow, Exact, Fast);

        Assert.Equal("slow", advice.Recommended!.Name);
        Assert.Equal(["exact", "fast"], advice.Alternatives.Select(estimate => estimate.Name));
        Assert.Equal(["needs 0.8 MB, budget 0.3 MB"], advice.Alternatives[1].Reasons);
    }

    [Fact]
    public void A_recall_not_reached_within_the_latency_is_said_in_figures()
    {
        var advice = Measured.Decide(Wanted with { Latency = TimeSpan.FromMicroseconds(150) }, Slow, Fast);

        // At p99 150 µs the slow one is at effort 15.
        Assert.Equal("fast", advice.Recommended!.Name);
        var reason = Assert.Single(advice.Alternatives[0].Reasons);
        Assert.Matches(@"^recall 0\.82\d* at most within p99 150 µs; 0\.90 takes 2\d\d µs$", reason);
        Assert.Equal(15, advice.Alternatives[0].Search.Effort);
    }

    [Fact]
    public void Too_slow_changes_are_said_in_figures()
    {
        // 400 µs an add leave 1,250 adds in half a second of a core.
        var advice = Measured.Decide(Wanted with { AddsPerSecond = 2000 }, Slow, Exact, Fast);

        Assert.Equal("exact", advice.Recommended!.Name);
        Assert.Equal(["takes 1,250 adds/s, 2,000 asked for"], advice.Alternatives[0].Reasons);
        Assert.Equal(0.8, advice.Alternatives[0].UpdateLoad, 1e-9);
        Assert.Equal("exact", Measured.Decide(Wanted with { AddsPerSecond = 1000, RemovesPerSecond = 1000 }, Slow, Exact, Fast).Recommended!.Name);
        Assert.Equal("slow", Measured.Decide(Wanted with { AddsPerSecond = 800, RemovesPerSecond = 800 }, Slow, Exact, Fast).Recommended!.Name);
    }

    [Fact]
    public void When_nothing_fits_each_constraint_says_by_how_much_to_loosen_it()
    {
        var advice = Measured.Decide(Wanted with { MemoryBytes = 300_000, Latency = TimeSpan.FromMicroseconds(150) }, Slow, Exact, Fast);

        Assert.Null(advice.Recommended);
        Assert.Equal(3, advice.Alternatives.Count);
        Assert.Equal(3, advice.Loosen.Count);
        Assert.Equal("memory: 0.8 MB instead of 0.3 MB would do, for fast", advice.Loosen[0]);
        Assert.Matches("^latency: p99 2[0-9]{2} µs instead of 150 µs would do, for slow$", advice.Loosen[1]);
        Assert.Matches(@"^recall: 0\.82\d* instead of 0\.90 would do, for slow$", advice.Loosen[2]);
    }

    [Fact]
    public void Constraints_loosened_as_told_fit()
    {
        var wanted = Wanted with { MemoryBytes = 300_000, Latency = TimeSpan.FromMicroseconds(150), AddsPerSecond = 100 };
        var recall = double.Parse(Measured.Decide(wanted, Slow, Exact, Fast).Loosen[2].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal("slow", Measured.Decide(wanted with { Recall = recall }, Slow, Exact, Fast).Recommended!.Name);
        Assert.Equal("fast", Measured.Decide(wanted with { MemoryBytes = 800_000 }, Slow, Exact, Fast).Recommended!.Name);
    }

    [Fact]
    public void Changes_are_loosened_by_rate_or_share()
    {
        var hint = Assert.Single(Measured.Decide(Wanted with { AddsPerSecond = 2500, MemoryBytes = 300_000 }, Slow, Fast).Loosen);

        Assert.Equal("changes: 50 % of the adds and removals would do, or 1.00 of a core instead of 0.50, for slow", hint);
    }

    [Fact]
    public void When_no_single_constraint_helps_the_nearest_index_is_named()
    {
        var hint = Assert.Single(Measured.Decide(
            new() { Count = 4000, Recall = 0.99, MemoryBytes = 1000, Latency = TimeSpan.FromMicroseconds(1), AddsPerSecond = 1e6 }, Slow).Loosen);

        Assert.StartsWith("no one constraint alone is enough; the nearest is slow: needs 0.2 MB, budget 1.0 kB; p99", hint, StringComparison.Ordinal);
    }
}
