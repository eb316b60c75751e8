using Siskin.Models.Ranking;

namespace Siskin.Tests.Models.Ranking;

public sealed class IsotonicCalibrationTests
{
    [Fact]
    public void Violators_are_pooled_as_computed_by_hand()
    {
        // Labels by score 0 1 0 0 1 1 pool to 0, 1/3, 1.
        var calibration = IsotonicCalibration.Fit([6, 1, 2, 3, 4, 5], [1, 0, 1, 0, 0, 1], [], smoothing: 0);
        Assert.Equal([1f, 3, 5.5f], calibration.Scores);
        Assert.Equal([0f, 1 / 3f, 1], calibration.Probabilities, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(1 / 6f, calibration.Predict(2), 1e-6f);
        Assert.Equal(0, calibration.Predict(-9));
        Assert.Equal(1, calibration.Predict(9));
        Assert.Equal(0, calibration.Predict(float.NaN));
    }

    [Fact]
    public void Smoothing_moves_a_pool_towards_the_overall_rate()
    {
        // Rate (1 + 1) / (4 + 2) = 1/3; pools of 3 without and 1 with a positive.
        var calibration = IsotonicCalibration.Fit([1, 2, 3, 4], [0, 0, 0, 1], [], smoothing: 1);
        Assert.Equal([(0 + (1 / 3f)) / 4, (1 + (1 / 3f)) / 2], calibration.Probabilities, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Equal_scores_get_one_probability_and_weights_count()
    {
        var calibration = IsotonicCalibration.Fit([2, 2], [0, 1], [1, 3], smoothing: 0);
        Assert.Equal([2f], calibration.Scores);
        Assert.Equal([0.75f], calibration.Probabilities);
        Assert.Equal(0.75f, calibration.Predict(100));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Any_number_of_knots_stays_monotone_and_close_to_the_truth(int maxKnots)
    {
        var random = new Random(1);
        var scores = Enumerable.Range(0, 20_000).Select(_ => random.NextSingle()).ToArray();
        var labels = scores.Select(score => random.NextDouble() < score * score ? 1f : 0).ToArray();
        var calibration = IsotonicCalibration.Fit(scores, labels, [], maxKnots);
        Assert.InRange(calibration.Scores.Length, 1, maxKnots);
        for (var i = 1; i < calibration.Scores.Length; i++)
        {
            Assert.True(calibration.Scores[i] > calibration.Scores[i - 1] && calibration.Probabilities[i] >= calibration.Probabilities[i - 1]);
        }

        if (maxKnots == 20)
        {
            Assert.All(new[] { 0.2f, 0.5f, 0.8f }, score => Assert.Equal(score * score, calibration.Predict(score), 0.04f));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => IsotonicCalibration.Fit([], [], []));
        Assert.Throws<ArgumentException>(() => IsotonicCalibration.Fit([float.NaN], [1], []));
        Assert.Throws<ArgumentException>(() => IsotonicCalibration.Fit([1], [1], [0]));
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([1, 1], [0, 1]));
        Assert.Throws<ArgumentException>(() => new IsotonicCalibration([1, 2], [0.5f, 0.4f]));
    }
}
