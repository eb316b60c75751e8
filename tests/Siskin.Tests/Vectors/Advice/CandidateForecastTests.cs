using Siskin.Vectors.Advice;

namespace Siskin.Tests.Vectors.Advice;

public sealed class CandidateForecastTests
{
    [Fact]
    public void What_was_measured_is_foretold_for_as_many_vectors_unchanged()
    {
        var forecast = CandidateForecast.Of(Graph(), 4000);

        Assert.Equal(Graph().Samples[1].Points, forecast.Points.Select(point => point with { Recall = Math.Round(point.Recall, 5) }));
        Assert.Equal(800_000, forecast.MemoryBytes);
        Assert.Equal(50, forecast.AddMicroseconds);
        Assert.Equal(0.4, forecast.BuildSeconds, 1e-12);
    }

    [Fact]
    public void Memory_runs_straight_through_both_samples()
    {
        // 100,000 that stay and 50 a vector.
        var tables = Measured.Graph("tables", Measured.Sample(1000, 150_000, 1, Measured.At(10, 0.9, 1)), Measured.Sample(4000, 300_000, 1, Measured.At(10, 0.9, 1)));

        Assert.Equal(2_100_000, CandidateForecast.Of(tables, 40_000).MemoryBytes);
        Assert.Equal(8_000_000, CandidateForecast.Of(Graph(), 40_000).MemoryBytes);
    }

    [Fact]
    public void Exact_searches_take_time_in_proportion()
    {
        var exact = Measured.Exact(Measured.Sample(1000, 1, 1, Measured.At(0, 1, 100)), Measured.Sample(4000, 1, 1, Measured.At(0, 1, 400)));

        var point = Assert.Single(CandidateForecast.Of(exact, 40_000).Points);

        Assert.Equal(4000, point.MeanMicroseconds, 1e-6);
        Assert.Equal(8000, point.P99Microseconds, 1e-6);
        Assert.Equal(1, point.Recall);
        Assert.Equal(1, CandidateForecast.Of(exact, 40_000).AddMicroseconds);
    }

    [Fact]
    public void Faster_growth_than_the_law_is_believed_and_slower_is_not()
    {
        // From 1000 to 4000 the time doubled: 50 more each time that n is four times as large.
        var steep = Measured.Graph("steep", Measured.Sample(1000, 1, 1, Measured.At(10, 0.9, 50)), Measured.Sample(4000, 1, 1, Measured.At(10, 0.9, 100)));
        var flat = Measured.Graph("flat", Measured.Sample(1000, 1, 1, Measured.At(10, 0.9, 100)), Measured.Sample(4000, 1, 1, Measured.At(10, 0.9, 100)));

        Assert.Equal(150, CandidateForecast.Of(steep, 16_000).Points[0].MeanMicroseconds, 1e-6);
        Assert.Equal(100 * Math.Log(16_000) / Math.Log(4000), CandidateForecast.Of(flat, 16_000).Points[0].MeanMicroseconds, 1e-6);
    }

    [Fact]
    public void One_sample_alone_grows_by_the_laws()
    {
        var graph = Graph();
        var forecast = CandidateForecast.Of(graph with { Samples = [graph.Samples[1]] }, 40_000);

        Assert.Equal(20 * Math.Log(40_000) / Math.Log(4000), forecast.Points[0].MeanMicroseconds, 1e-6);
        Assert.Equal(8_000_000, forecast.MemoryBytes);
        Assert.InRange(forecast.Points[0].Recall, 0.1, 0.7);
    }

    [Fact]
    public void Fewer_vectors_than_the_smallest_sample_take_as_much_as_it()
    {
        var steep = Measured.Graph("steep", Measured.Sample(1000, 1000, 1, Measured.At(10, 0.9, 5)), Measured.Sample(4000, 9000, 60, Measured.At(10, 0.9, 100)));

        var forecast = CandidateForecast.Of(steep, 10);

        Assert.Equal((1000, 1.0), (forecast.MemoryBytes, Math.Round(forecast.AddMicroseconds, 6)));
        Assert.Equal(5, forecast.Points[0].MeanMicroseconds, 1e-6);
        Assert.True(forecast.BuildSeconds > 0);
    }

    [Fact]
    public void What_was_measured_at_one_sample_only_grows_by_the_law()
    {
        var graph = Measured.Graph("graph", Measured.Sample(1000, 1, 1, Measured.At(10, 0.9, 5)), Measured.Sample(4000, 1, 1, Measured.At(10, 0.9, 6), Measured.At(20, 0.95, 8)));

        Assert.Equal(8 * Math.Log(16_000) / Math.Log(4000), CandidateForecast.Of(graph, 16_000).Points[1].MeanMicroseconds, 1e-6);
    }

    [Fact]
    public void A_part_that_stays_is_told_from_one_that_grows_in_proportion()
    {
        // 40 and 10 for each 1000.
        var hashed = Measured.Graph("hashed", Measured.Sample(1000, 1, 1, Measured.At(10, 0.9, 50)), Measured.Sample(4000, 1, 1, Measured.At(10, 0.9, 80)))
            with
        { SearchGrowth = GrowthLaw.Affine };

        Assert.Equal(440, CandidateForecast.Of(hashed, 40_000).Points[0].MeanMicroseconds, 1e-6);
        Assert.Equal(800, CandidateForecast.Of(hashed with { Samples = [hashed.Samples[1]] }, 40_000).Points[0].MeanMicroseconds, 1e-6);
    }

    [Fact]
    public void Recall_never_falls_with_effort()
    {
        var uneven = Measured.Graph("uneven", Measured.Sample(4000, 1, 1, Measured.At(10, 0.9, 10), Measured.At(20, 0.89, 20), Measured.At(40, 0.95, 40)));

        var points = CandidateForecast.Of(uneven, 16_000).Points;

        Assert.Equal(points[0].Recall, points[1].Recall);
        Assert.True(points[2].Recall > points[1].Recall);
    }

    private static MeasuredCandidate Graph() => Measured.Graph(
        "graph",
        Measured.Sample(1000, 200_000, 40, Measured.At(10, 0.9, 18), Measured.At(40, 0.98, 60)),
        Measured.Sample(4000, 800_000, 50, Measured.At(10, 0.8, 20), Measured.At(40, 0.96, 66)));
}
