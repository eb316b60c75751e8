using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class AucIntervalTests
{
    private static readonly BootstrapOptions Few = new() { Resamples = 200 };

    [Fact]
    public void It_is_around_the_area_and_narrower_with_more_users()
    {
        var (scores, labels, users) = Examples(400, 5);
        var interval = Bootstrap.AucInterval([scores], labels, users, Few);
        Assert.Equal(BinaryMetrics.Auc(scores, labels), interval.Mean, 1e-9);
        Assert.InRange(interval.Mean, interval.Low, interval.High);
        Assert.Equal(400, interval.Users);
        var (more, moreLabels, moreUsers) = Examples(6400, 5);
        var narrow = Bootstrap.AucInterval([more], moreLabels, moreUsers, Few);
        Assert.InRange((interval.High - interval.Low) / (narrow.High - narrow.Low), 2.5, 6);
    }

    [Fact]
    public void Users_that_are_all_alike_leave_nothing_to_chance()
    {
        float[] scores = [1, 2, 2, 3, 1, 2, 2, 3];
        float[] labels = [0, 0, 1, 1, 0, 0, 1, 1];
        var interval = Bootstrap.AucInterval([scores], labels, [7, 7, 7, 7, 9, 9, 9, 9], Few);
        Assert.Equal((0.875, 0.875, 0.875), (interval.Mean, interval.Low, interval.High));
    }

    [Fact]
    public void Several_models_are_averaged_and_threads_change_nothing()
    {
        var (scores, labels, users) = Examples(50, 4);
        var reversed = Array.ConvertAll(scores, score => -score);
        var both = Bootstrap.AucInterval([scores, reversed], labels, users, Few with { Threads = 1 });
        Assert.Equal((0.5, 0.5, 0.5), (Math.Round(both.Mean, 9), Math.Round(both.Low, 9), Math.Round(both.High, 9)));
        Assert.Equal(Bootstrap.AucInterval([scores], labels, users, Few with { Threads = 1 }), Bootstrap.AucInterval([scores], labels, users, Few with { Threads = 3 }));
    }

    [Fact]
    public void One_label_only_or_users_of_another_number_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Bootstrap.AucInterval([[1, 2]], [1, 1], [0, 1]));
        Assert.Throws<ArgumentException>(() => Bootstrap.AucInterval([[1, 2]], [0, 1], [0]));
    }

    private static (float[] Scores, float[] Labels, int[] Users) Examples(int users, int each)
    {
        var random = new Random(3);
        var labels = Enumerable.Range(0, users * each).Select(_ => (float)random.Next(2)).ToArray();
        return (Array.ConvertAll(labels, label => MathF.Round((label * 0.5f) + random.NextSingle(), 2)), labels, [.. Enumerable.Range(0, users * each).Select(i => i / each)]);
    }
}
