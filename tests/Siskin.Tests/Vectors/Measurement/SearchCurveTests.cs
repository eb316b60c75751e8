using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Measurement;

namespace Siskin.Tests.Vectors.Measurement;

public sealed class SearchCurveTests
{
    private static readonly SearchCurveOptions Quick = new() { WarmUp = TimeSpan.Zero };
    private static readonly VectorSet Rows = Grid(200);
    private static readonly GroundTruth Truth = GroundTruth.Compute(Rows, Grid(33), VectorMetric.L2, 10);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Each_setting_is_measured_with_its_recall(int threads)
    {
        using var index = new TestIndex(Rows, VectorMetric.L2);
        var seen = new List<CurvePoint>();

        var curve = SearchCurve.Measure(index, Truth, [2, 5, 10], Quick with { Threads = threads }, new Inline<CurvePoint>(seen.Add));

        Assert.Equal([2, 5, 10], curve.Select(p => p.Effort));
        Assert.Equal([0.2, 0.5, 1], curve.Select(p => Math.Round(p.Recall, 9)));
        Assert.Equal(curve, seen);
        Assert.Equal(3 * 3 * 33, index.Searches);
        Assert.All(curve, point =>
        {
            Assert.Equal(3, point.Rounds);
            Assert.True(point.QueriesPerSecond > 0);
            Assert.True(point.P50Microseconds > 0 && point.P50Microseconds <= point.P99Microseconds);
        });
    }

    [Fact]
    public void No_further_round_begins_once_the_time_is_over()
    {
        using var index = new TestIndex(Rows, VectorMetric.L2);
        var curve = SearchCurve.Measure(index, Truth, [10], Quick with { Limit = TimeSpan.Zero, Rounds = 50 });

        Assert.Equal(1, curve[0].Rounds);
        Assert.Equal(33, index.Searches);
    }

    [Fact]
    public void Rounds_go_on_until_the_least_time_is_over()
    {
        using var index = new TestIndex(Rows, VectorMetric.L2);
        var curve = SearchCurve.Measure(index, Truth, [10], Quick with { Rounds = 1, Least = TimeSpan.FromMilliseconds(200) });

        Assert.True(curve[0].Rounds > 1);
        Assert.Equal(33 * curve[0].Rounds, index.Searches);
    }

    [Fact]
    public void Queries_of_the_warm_up_are_not_counted()
    {
        using var index = new TestIndex(Rows, VectorMetric.L2);
        var curve = SearchCurve.Measure(index, Truth, [10], Quick with { WarmUp = TimeSpan.FromMilliseconds(20), Rounds = 1 });

        Assert.True(index.Searches > 33);
        Assert.Equal(1, curve[0].Recall);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Errors_and_cancellation_come_through(int threads)
    {
        using var index = new TestIndex(Rows, VectorMetric.L2) { OnSearch = () => throw new InvalidDataException("broken") };
        var options = Quick with { Threads = threads };

        var error = Assert.ThrowsAny<Exception>(() => SearchCurve.Measure(index, Truth, [1], options));
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        index.OnSearch = null;
        var cancelled = Assert.ThrowsAny<Exception>(() => SearchCurve.Measure(index, Truth, [1], options, null, new CancellationToken(canceled: true)));
        Assert.IsAssignableFrom<OperationCanceledException>((cancelled as AggregateException)?.InnerExceptions[0] ?? cancelled);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var other = new TestIndex(Rows, VectorMetric.Cosine);
        using var index = new TestIndex(Rows, VectorMetric.L2);

        Assert.Throws<ArgumentException>(() => SearchCurve.Measure(other, Truth, [1]));
        Assert.Throws<ArgumentException>(() => SearchCurve.Measure(index, GroundTruth.Compute(Rows, new VectorSet(Array.Empty<float>(), 2), VectorMetric.L2, 1), [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SearchCurve.Measure(index, Truth, [1], Quick with { Threads = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SearchCurve.Measure(index, Truth, [1], Quick with { Rounds = 0 }));
    }

    private static VectorSet Grid(int n)
    {
        var random = new Random(n);
        return new VectorSet(Enumerable.Range(0, n * 2).Select(_ => random.NextSingle()).ToArray(), 2);
    }

    private sealed class Inline<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}
