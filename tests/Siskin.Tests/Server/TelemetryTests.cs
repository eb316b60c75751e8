using Siskin.Server.Telemetry;

namespace Siskin.Tests.Server;

public sealed class TelemetryTests
{
    [Fact]
    public void Labels_and_help_are_escaped()
    {
        var writer = new PrometheusWriter();
        writer.Begin("m", "gauge", "a\\b\nc");
        writer.Sample("m", double.PositiveInfinity, ("l", "a\\b\"c\nd"));
        writer.Sample("m", 1e21);
        Assert.Equal("# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l=\"a\\\\b\\\"c\\nd\"} +Inf\nm 1E+21\n", writer.ToString());
    }

    [Fact]
    public void Bounds_of_a_histogram_are_included_and_nonsense_is_left_out()
    {
        var histogram = new Histogram();
        foreach (var seconds in new[] { 0, 0.0005, 0.0006, 11, -1, double.NaN, double.PositiveInfinity })
        {
            histogram.Observe(seconds);
        }

        Assert.Equal(2, histogram.CountIn(0));
        Assert.Equal(1, histogram.CountIn(1));
        Assert.Equal(1, histogram.CountIn(Histogram.Bounds.Count));
        Assert.Equal(11.0011, histogram.SumSeconds, 6);
    }

    [Fact]
    public void Methods_of_the_callers_invention_share_one_label()
    {
        var metrics = new RouteMetrics("/r");
        metrics.Add("BREW", 405, TimeSpan.Zero);
        metrics.Add("get", 405, TimeSpan.Zero);
        Assert.Equal(("other", 405), Assert.Single(metrics.Requests).Key);
    }
}
