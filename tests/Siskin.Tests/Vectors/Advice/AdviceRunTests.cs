using Siskin.Vectors;
using Siskin.Vectors.Advice;
using Siskin.Vectors.Files;

namespace Siskin.Tests.Vectors.Advice;

public sealed class AdviceRunTests
{
    private static readonly IndexAdvisorOptions Options = new() { Count = 8_000, Recall = 0.9, TimeLimit = TimeSpan.FromSeconds(60) };

    [Fact]
    public void What_is_recommended_was_measured_on_all_rows_whatever_the_time()
    {
        // On all rows each is slower than the others seem on a quarter, so that one after the other looks best.
        var clock = new Clock();
        var measurer = new Measurer(clock, TimeSpan.FromSeconds(9)) { SlowdownOnAll = 100 };
        var candidates = new[] { new Candidate("a", 20), new Candidate("b", 21), new Candidate("c", 22) };

        var advice = new AdviceRun(measurer, candidates, Options, clock).Run(4000, 100, 16, null, TestContext.Current.CancellationToken);

        Assert.Equal([("a", 1000), ("b", 1000), ("c", 1000), ("a", 4000), ("b", 4000), ("c", 4000)], measurer.Asked);
        Assert.Equal(("a", 4000), (advice.Recommended!.Name, advice.Recommended.SampleRows));
    }

    [Fact]
    public void Every_index_is_measured_on_a_quarter_first_and_then_on_all()
    {
        var clock = new Clock();
        var measurer = new Measurer(clock, TimeSpan.FromSeconds(1));

        var advice = new AdviceRun(measurer, [new Candidate("a", 30), new Candidate("b", 20)], Options, clock).Run(4000, 100, 16, null, TestContext.Current.CancellationToken);

        Assert.Equal([("a", 1000), ("b", 1000), ("b", 4000), ("a", 4000)], measurer.Asked);
        Assert.Equal("b", advice.Recommended!.Name);
        Assert.Equal(10, advice.ElapsedSeconds);
        Assert.All(advice.Measurements, measured => Assert.Equal([1000, 4000], measured.Samples.Select(sample => sample.Rows)));
    }

    [Fact]
    public void What_there_was_no_time_for_is_named()
    {
        var clock = new Clock();
        var measurer = new Measurer(clock, TimeSpan.FromSeconds(16));
        var candidates = new[] { "a", "b", "c", "d" }.Select((name, i) => new Candidate(name, 20 + i)).ToArray();

        // Two small samples take more than half of the time; a is measured on all because it is recommended, and then there is no time.
        var advice = new AdviceRun(measurer, candidates, Options, clock).Run(4000, 100, 16, null, TestContext.Current.CancellationToken);

        Assert.Equal([("a", 1000), ("b", 1000), ("a", 4000)], measurer.Asked);
        Assert.Contains("no time to measure: c; d", advice.Notes);
        Assert.Contains("no time to measure on more than 1,000 vectors, and so less certain: b", advice.Notes);
        Assert.Equal("a", advice.Recommended!.Name);
        Assert.Equal(["b"], advice.Alternatives.Select(estimate => estimate.Name));
    }

    [Fact]
    public void A_cancelled_run_ends()
    {
        var clock = new Clock();

        Assert.Throws<OperationCanceledException>(() =>
            new AdviceRun(new Measurer(clock, TimeSpan.Zero), [new Candidate("a", 20)], Options, clock).Run(4000, 100, 16, null, new CancellationToken(true)));
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Measurer(Clock clock, TimeSpan small) : ICandidateMeasurer
    {
        public List<(string Name, int Rows)> Asked { get; } = [];

        public double SlowdownOnAll { get; init; } = 1;

        public CandidateMeasurement Measure(IndexCandidate candidate, int rows, int mostEffort, CancellationToken cancellationToken)
        {
            // The large sample is measured at what the small one was.
            Assert.Equal(rows == 1000 ? 0 : 10, mostEffort);
            Asked.Add((candidate.Name, rows));
            var elapsed = small * (rows / 1000.0);
            clock.Now += elapsed;
            return Measured.Sample(rows, rows * 100L, 10, Measured.At(10, 0.999, ((Candidate)candidate).Microseconds * (rows > 1000 ? SlowdownOnAll : 1))) with { ElapsedSeconds = elapsed.TotalSeconds };
        }
    }

    private sealed class Candidate(string name, double microseconds) : IndexCandidate
    {
        public override string Name => name;

        public override string Kind => "hnsw";

        public override GrowthLaw SearchGrowth => GrowthLaw.Constant;

        public override GrowthLaw ChangeGrowth => GrowthLaw.Constant;

        public double Microseconds => microseconds;

        public override IVectorIndex Build(VectorSet sample, IndexAdvisorOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
