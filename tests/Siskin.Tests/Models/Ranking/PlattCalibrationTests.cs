using Siskin.Models.Ranking;

namespace Siskin.Tests.Models.Ranking;

public sealed class PlattCalibrationTests
{
    [Fact]
    public void A_slope_and_an_intercept_that_made_the_labels_are_found_again()
    {
        var random = new Random(1);
        var logits = Enumerable.Range(0, 60_000).Select(_ => (random.NextSingle() * 8) - 4).ToArray();
        var labels = logits.Select(x => random.NextDouble() < 1 / (1 + Math.Exp(-((0.6 * x) - 1.5))) ? 1f : 0).ToArray();
        var calibration = PlattCalibration.Fit(logits, labels, []);
        Assert.Equal(0.6, calibration.Slope, 0.02);
        Assert.Equal(-1.5, calibration.Intercept, 0.04);
        Assert.Equal(1 / (1 + Math.Exp(-((calibration.Slope * 2) + calibration.Intercept))), calibration.Predict(2), 1e-6);
    }

    [Fact]
    public void Gradients_are_zero_at_what_is_fitted()
    {
        // With targets (4 + 1) / (4 + 2) and 1 / (5 + 2), where weights are 1, 2, 1, 3, 2.
        float[] logits = [-2, 30, 0.5f, 1, -7], labels = [0, 0, 1, 1, 0], weights = [1, 2, 1, 3, 2];
        foreach (var hasIntercept in new[] { true, false })
        {
            var calibration = PlattCalibration.Fit(logits, labels, weights, hasIntercept);
            var (slope, intercept) = (0.0, 0.0);
            for (var i = 0; i < logits.Length; i++)
            {
                var p = 1 / (1 + Math.Exp(-((calibration.Slope * logits[i]) + calibration.Intercept)));
                slope += weights[i] * (p - (labels[i] == 1 ? 5.0 / 6 : 1.0 / 7)) * logits[i];
                intercept += weights[i] * (p - (labels[i] == 1 ? 5.0 / 6 : 1.0 / 7));
            }

            Assert.Equal(0, slope, 1e-7);
            Assert.Equal(0, hasIntercept ? intercept : calibration.Intercept, 1e-7);
        }
    }

    [Fact]
    public void Temperature_scaling_undoes_a_factor()
    {
        var random = new Random(2);
        var logits = Enumerable.Range(0, 40_000).Select(_ => (random.NextSingle() * 6) - 3).ToArray();
        var labels = logits.Select(x => random.NextDouble() < 1 / (1 + Math.Exp(-x)) ? 1f : 0).ToArray();
        var calibration = PlattCalibration.Fit([.. logits.Select(x => 4 * x)], labels, [], hasIntercept: false);
        Assert.Equal(0.25, calibration.Slope, 0.01);
        Assert.Equal(0, calibration.Intercept);
    }

    [Fact]
    public void Classes_that_a_score_tells_apart_equal_scores_and_one_class_give_finite_maps()
    {
        var apart = PlattCalibration.Fit([-5, -4, 4, 5], [0, 0, 1, 1], []);
        Assert.InRange(apart.Predict(4.5f), 0.7f, 0.8f);
        Assert.Equal(0.5f, apart.Predict(0), 1e-5f);
        Assert.Equal(0.5f, PlattCalibration.Fit([3, 3], [0, 1], []).Predict(3), 1e-5f);
        Assert.Equal(0.8f, PlattCalibration.Fit([1, 2, 3], [1, 1, 1], []).Predict(2), 1e-4f);
        Assert.True(PlattCalibration.Fit([-1, 1], [1, 0], []).Slope < 0);
        Assert.Equal(1 - PlattCalibration.Fit([1e30f, -1e30f], [1, 0], []).Predict(1e30f), PlattCalibration.Fit([1e30f, -1e30f], [1, 0], []).Predict(-1e30f), 1e-5f);
        Assert.Equal(float.NaN, apart.Predict(float.NaN));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PlattCalibration.Fit([], [], []));
        Assert.Throws<ArgumentException>(() => PlattCalibration.Fit([1], [1, 0], []));
        Assert.Throws<ArgumentException>(() => PlattCalibration.Fit([float.NaN], [1], []));
        Assert.Throws<ArgumentException>(() => PlattCalibration.Fit([1], [2], []));
        Assert.Throws<ArgumentException>(() => PlattCalibration.Fit([1], [1], [0]));
        Assert.Throws<ArgumentException>(() => new PlattCalibration(double.NaN, 0));
    }
}
