using Siskin.Vectors.Advice;

namespace Siskin.Tests.Vectors.Advice;

public sealed class MissForecastTests
{
    [Fact]
    public void No_misses_at_all_are_three_by_the_rule_of_three()
    {
        Assert.Equal(3 / 5000.0, MissForecast.Bound(0, 5000), 1e-12);
        Assert.Equal((250 + (1.645 * Math.Sqrt(250)) + 3) / 5000, MissForecast.Bound(0.05, 5000), 1e-12);
        Assert.Equal(1, MissForecast.Bound(1, 5000));
    }

    [Fact]
    public void No_effort_is_foretold_to_miss_nothing()
    {
        var flawless = Sample(4000, Measured.At(10, 1, 1)) with { Neighbours = 5000 };

        Assert.Equal(3 / 5000.0, new MissForecast([flawless], 4000).At(flawless.Points[0]), 1e-9);
        Assert.InRange(new MissForecast([flawless], 80_000).At(flawless.Points[0]), 20 * 3 / 5000.0, 100 * 3 / 5000.0);
    }

    [Fact]
    public void Odds_grow_by_the_power_that_was_seen_and_a_margin()
    {
        // Odds 1/9 and 2/9, 1/24 and 2/24: twice as much at four times the vectors is the power ½.
        var before = Sample(1000, Measured.At(10, 9 / 10.0, 1), Measured.At(20, 24 / 25.0, 1), Measured.At(40, 99 / 100.0, 1));
        var last = Sample(4000, Measured.At(10, 9 / 11.0, 1), Measured.At(20, 24 / 26.0, 1), Measured.At(40, 99 / 101.0, 1));

        var misses = new MissForecast([before, last], 16_000).At(last.Points[0]);

        Assert.Equal(2 / 9.0 * Math.Pow(4, 0.5 + MissForecast.GrowthMargin), misses / (1 - misses), 1e-4);
    }

    [Fact]
    public void Rarer_misses_may_grow_faster()
    {
        // The powers ¼, ½ and ¾ at odds each a quarter of the one before.
        double[] odds = [0.4, 0.1, 0.025];
        var before = Sample(1000, [.. odds.Select((o, i) => Measured.At(10 << i, 1 / (1 + o), 1))]);
        var last = Sample(4000, [.. odds.Select((o, i) => Measured.At(10 << i, 1 / (1 + (o * Math.Pow(4, 0.25 * (i + 1)))), 1))]);

        var forecast = new MissForecast([before, last], 64_000);

        Assert.Equal([0.25, 0.5, 0.75], odds.Select(o => Math.Round(forecast.GrowthAt(o) - MissForecast.GrowthMargin, 6)));
        Assert.True(forecast.GrowthAt(1e-30) <= 2.2);
        Assert.Equal(MissForecast.GrowthMargin, forecast.GrowthAt(1e6), 1e-6);
    }

    [Fact]
    public void Powers_that_differ_widen_the_margin()
    {
        var before = Sample(1000, Measured.At(10, 0.7, 1), Measured.At(20, 0.8, 1), Measured.At(40, 0.9, 1), Measured.At(80, 0.95, 1));
        var even = Sample(4000, Measured.At(10, 0.6, 1), Measured.At(20, 0.7, 1), Measured.At(40, 0.83, 1), Measured.At(80, 0.91, 1));
        var uneven = Sample(4000, Measured.At(10, 0.5, 1), Measured.At(20, 0.79, 1), Measured.At(40, 0.75, 1), Measured.At(80, 0.945, 1));

        Assert.True(new MissForecast([before, uneven], 64_000).GrowthAt(0.25) > new MissForecast([before, even], 64_000).GrowthAt(0.25) + 0.1);
    }

    [Fact]
    public void The_bound_widens_with_the_distance_to_n()
    {
        // The same misses on both samples: nothing but margins.
        var before = Sample(1000, Measured.At(10, 0.9, 1), Measured.At(20, 0.95, 1), Measured.At(40, 0.98, 1));
        var last = before with { Rows = 4000 };

        var misses = new[] { 4000, 8000, 40_000, 400_000 }.Select(n => new MissForecast([before, last], n).At(last.Points[0])).ToArray();

        Assert.Equal(0.1, misses[0], 1e-4);
        Assert.Equal(misses.Order(), misses);
        Assert.Equal(4, misses.Distinct().Count());
    }

    [Fact]
    public void An_effort_that_looks_at_half_of_a_sample_tells_nothing_of_more_vectors()
    {
        var sample = Sample(4000, Measured.At(8, 0.9, 1), Measured.At(16, 1, 1)) with { WholeEffort = 32 };

        Assert.Equal(1, new MissForecast([sample], 8000).At(sample.Points[1]));
        Assert.True(new MissForecast([sample], 8000).At(sample.Points[0]) < 0.3);
        Assert.True(new MissForecast([sample], 4000).At(sample.Points[1]) < 1e-6);
    }

    private static CandidateMeasurement Sample(int rows, params EffortFigures[] points) => Measured.Sample(rows, 1, 1, points);
}
