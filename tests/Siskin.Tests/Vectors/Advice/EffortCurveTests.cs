using Siskin.Vectors.Advice;

namespace Siskin.Tests.Vectors.Advice;

public sealed class EffortCurveTests
{
    private static readonly EffortFigures[] Curve = [Measured.At(10, 0.8, 10), Measured.At(40, 0.95, 40), Measured.At(160, 0.9875, 160)];

    [Fact]
    public void The_least_effort_lies_between_points_where_misses_run_straight_in_logarithms()
    {
        // Misses are 2 / effort and times the effort here.
        var found = EffortCurve.LeastFor(Curve, 0.8999)!;

        Assert.Equal(20, found.Effort);
        Assert.Equal(0.9, found.Recall, 1e-9);
        Assert.Equal(20, found.MeanMicroseconds, 1e-9);
        Assert.Equal(40, found.P99Microseconds, 1e-9);
    }

    [Fact]
    public void A_recall_beyond_the_curve_is_not_reached()
    {
        Assert.Null(EffortCurve.LeastFor(Curve, 0.99));
        Assert.Equal(10, EffortCurve.LeastFor(Curve, 0.5)!.Effort);
    }

    [Fact]
    public void The_best_recall_within_a_time_lies_between_points_too()
    {
        Assert.Equal(25, EffortCurve.MostWithin(Curve, LatencyMeasure.P99, 51)!.Effort);
        Assert.Equal(51, EffortCurve.MostWithin(Curve, LatencyMeasure.Mean, 51)!.Effort);
        Assert.Equal(160, EffortCurve.MostWithin(Curve, LatencyMeasure.Mean, 1000)!.Effort);
        Assert.Null(EffortCurve.MostWithin(Curve, LatencyMeasure.Mean, 9));
    }
}
