using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void Intervals_cover_the_true_mean_at_about_the_nominal_rate()
    {
        var random = new Random(11);
        var covered = 0;
        const int Rounds = 400;
        for (var round = 0; round < Rounds; round++)
        {
            var users = new UserMetric[80];
            for (var i = 0; i < users.Length; i++)
            {
                users[i] = new(i, random.NextDouble());
            }

            var interval = Bootstrap.Interval(users, new BootstrapOptions { Resamples = 200, Confidence = 0.9, Seed = round });
            covered += interval.Low <= 0.5 && interval.High >= 0.5 ? 1 : 0;
        }

        // 0.9 within four binomial deviations of 0.015, and a little under-coverage of percentiles.
        Assert.InRange((double)covered / Rounds, 0.82, 0.96);
    }

    [Fact]
    public void Threads_change_nothing_and_seeds_do()
    {
        var users = Users(0);
        var one = Bootstrap.Interval(users, new BootstrapOptions { Threads = 1 });
        Assert.Equal(one, Bootstrap.Interval(users, new BootstrapOptions { Threads = 3 }));
        Assert.NotEqual(one, Bootstrap.Interval(users, new BootstrapOptions { Threads = 1, Seed = 2 }));
    }

    [Fact]
    public void Means_are_weighted_and_users_without_a_figure_are_left_out()
    {
        var interval = Bootstrap.Interval([new(0, 1, 3), new(1, 0), new(2, double.NaN)]);
        Assert.Equal((0.75, 2), (interval.Mean, interval.Users));
        Assert.Equal((0, 1), (interval.Low, interval.High));
        Assert.Throws<ArgumentException>(() => Bootstrap.Interval([new(0, double.NaN)]));
        Assert.Throws<ArgumentException>(() => Bootstrap.Interval([new(0, 1, 0)]));
    }

    [Fact]
    public void A_small_but_steady_gain_is_significant_and_no_gain_is_not()
    {
        // Users differ by far more than the models: only pairing finds the gain.
        var gain = Bootstrap.Compare(Users(0), Users(0.01));
        Assert.True(gain.PValue < 0.01, $"p = {gain.PValue}");
        Assert.True(gain.Difference.Low > 0);
        Assert.Equal(1, Bootstrap.Compare(Users(0), Users(0)).PValue);
        Assert.Throws<ArgumentException>(() => Bootstrap.Compare(Users(0), Users(0).AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Bootstrap.Compare([new(0, 1)], [new(1, 1)]));
    }

    private static UserMetric[] Users(double gain)
    {
        var random = new Random(3);
        var users = new UserMetric[200];
        for (var i = 0; i < users.Length; i++)
        {
            users[i] = new(i, (10 * random.NextDouble()) + (gain * (0.5 + random.NextDouble())));
        }

        return users;
    }
}
