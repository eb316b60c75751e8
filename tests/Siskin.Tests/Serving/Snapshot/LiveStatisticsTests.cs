using Siskin.Data.Events;
using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Snapshot;

public sealed class LiveStatisticsTests
{
    private static readonly EventTypeDefinition View = new() { Name = "view" };
    private static readonly EventTypeDefinition Rating = new() { Name = "rating", LikedFrom = 4 };
    private static readonly EventTypeDefinition Dislike = new() { Name = "dislike", Weight = -1 };
    private static readonly EventTypeDefinition Impression = new() { Name = "impression", Weight = 0, IsConsumption = false };

    [Fact]
    public void Decayed_counts_equal_the_plain_sum()
    {
        var random = new Random(1);
        var statistics = new LiveStatistics(ItemStatistics.Empty(2), 0);
        var events = Enumerable.Range(0, 500)
            .Select(_ => (Time: SmallRelease.NowMs - random.NextInt64(200 * SmallRelease.Day), Row: random.Next(3)))
            .ToArray();
        foreach (var (time, row) in events)
        {
            statistics.Add(row, View with { Weight = row + 1 }, null, time);
        }

        var latest = events.Max(e => e.Time);
        Assert.Equal(latest, statistics.LatestMs);
        var columns = statistics.Current;
        for (var row = 0; row < 3; row++)
        {
            var popularity = events.Where(e => e.Row == row).Sum(e => (row + 1) * Math.Pow(2, (e.Time - latest) / statistics.PopularityHalfLifeMs));
            var trend = events.Where(e => e.Row == row).Sum(e => (row + 1) * Math.Pow(2, (e.Time - latest) / statistics.TrendHalfLifeMs));
            Assert.Equal(popularity, columns.Popularity[row] * statistics.PopularityScale(columns), 1e-9 * popularity);
            Assert.Equal(trend, columns.Trend[row] * statistics.TrendScale(columns), 1e-9 * trend);
            Assert.Equal(events.Count(e => e.Row == row), columns.Consumers[row]);
        }
    }

    [Fact]
    public void Decades_of_events_never_overflow()
    {
        var statistics = new LiveStatistics(ItemStatistics.Empty(1), 0);
        var time = 0L;
        var (popularity, trend) = (0.0, 0.0);
        for (var i = 0; i < 3000; i++)
        {
            time += 10 * SmallRelease.Day;
            popularity = (popularity * Math.Pow(2, -10 * SmallRelease.Day / statistics.PopularityHalfLifeMs)) + 1;
            trend = (trend * Math.Pow(2, -10 * SmallRelease.Day / statistics.TrendHalfLifeMs)) + 1;
            statistics.Add(0, View, null, time);
        }

        var columns = statistics.Current;
        Assert.True(double.IsFinite(columns.Trend[0]) && double.IsFinite(columns.Popularity[0]));
        Assert.Equal(popularity, columns.Popularity[0] * statistics.PopularityScale(columns), 1e-6);
        Assert.Equal(trend, columns.Trend[0] * statistics.TrendScale(columns), 1e-6);
    }

    [Fact]
    public void Opinions_are_ratings_likes_and_dislikes_and_impressions_count_for_nothing()
    {
        var statistics = new LiveStatistics(ItemStatistics.Empty(1), 0);
        statistics.Add(0, Rating, 5, 1);
        statistics.Add(0, Rating, 3, 2);
        statistics.Add(0, Dislike, null, 3);
        statistics.Add(0, View, null, 4);
        statistics.Add(0, Impression, null, 5);

        var columns = statistics.Current;
        Assert.Equal((3, 1), (columns.Opinions[0], columns.Likes[0]));
        Assert.Equal(4, columns.Consumers[0]);
        Assert.Equal(5, statistics.Changes);
    }

    [Fact]
    public void The_arrays_of_the_release_stay_as_they_are()
    {
        var source = ItemStatistics.Empty(1);
        new LiveStatistics(source, 0).Add(0, View, null, 1);
        Assert.Equal(0, source.Consumers[0]);
        Assert.Equal(0, source.Popularity[0]);
    }
}
