using Siskin.Models.Ranking;
using Siskin.Models.Scoring;

namespace Siskin.Tests.Models.Ranking;

public sealed class LogisticRegressionTests
{
    [Fact]
    public void A_binary_feature_gets_the_log_odds_ratio()
    {
        // x = 0: 1 of 4 positive; x = 1: 3 of 4 positive. Bias log(1/3), weight log(3) − log(1/3).
        float[] x = [0, 0, 0, 0, 1, 1, 1, 1];
        float[] y = [1, 0, 0, 0, 1, 1, 1, 0];
        var model = LogisticRegression.Train(x, 1, y, [], new() { L2 = 0 });
        Assert.Equal(Math.Log(1 / 3.0), model.Bias, 1e-5);
        Assert.Equal(2 * Math.Log(3), model.Weights[0], 1e-5);
        Assert.Equal(0.75f, model.Predict([1]), 1e-5f);
    }

    [Fact]
    public void The_penalised_loss_has_no_slope_at_the_solution()
    {
        var (x, y, w) = Sample(400, 5, 1);
        var model = LogisticRegression.Train(x, 5, y, w, new() { L2 = 3 });
        for (var j = 0; j < 5; j++)
        {
            // In the feature's own unit the gradient is Σ w(p − y)x + λ·σ²·weight, up to the bias, whose gradient is 0.
            double total = 0, mean = 0, variance = 0, slope = 0, bias = 0;
            for (var s = 0; s < y.Length; s++)
            {
                total += w[s];
                mean += w[s] * (double)x[(s * 5) + j];
                var error = w[s] * (model.Predict(x.AsSpan(s * 5, 5)) - (double)y[s]);
                slope += error * x[(s * 5) + j];
                bias += error;
            }

            mean /= total;
            for (var s = 0; s < y.Length; s++)
            {
                variance += w[s] * Math.Pow(x[(s * 5) + j] - mean, 2) / total;
            }

            Assert.Equal(0, bias / total, 1e-5);
            Assert.Equal(0, (slope + (3 * variance * model.Weights[j])) / total / Math.Max(1, Math.Abs(mean)), 1e-4);
        }
    }

    [Fact]
    public void Sample_weights_equal_repetition_and_constant_features_get_no_weight()
    {
        float[] x = [1, 7, 2, 7, 3, 7, 4, 7];
        float[] y = [0, 1, 0, 1];
        var weighted = LogisticRegression.Train(x, 2, y, [1, 1, 2, 1], new());
        var repeated = LogisticRegression.Train([.. x, 3, 7], 2, [.. y, 0], [], new());
        Assert.Equal(repeated.Weights[0], weighted.Weights[0], 1e-5);
        Assert.Equal(repeated.Bias, weighted.Bias, 1e-5);
        Assert.Equal(0, weighted.Weights[1]);
    }

    [Fact]
    public void Classes_that_a_plane_separates_still_give_a_finite_model()
    {
        var model = LogisticRegression.Train([-2, -1, 1, 2], 1, [0, 0, 1, 1], [], new() { L2 = 0 });
        Assert.True(float.IsFinite(model.Weights[0]) && model.Weights[0] > 5);
        var penalised = LogisticRegression.Train([-2, -1, 1, 2], 1, [0, 0, 1, 1], [], new() { L2 = 1 });
        Assert.InRange(penalised.Weights[0], 0.1f, 2f);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => LogisticRegression.Train([1, 2, 3], 2, [1], [], new()));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Train([1, float.NaN], 2, [1], [], new()));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Train([1, 2], 2, [2], [], new()));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Train([1, 2], 2, [1], [0], new()));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Train([1, 2], 2, [1], [], new() { L2 = -1 }));
    }

    [Fact]
    public void The_scorer_completes_synchronously_with_the_models_probabilities()
    {
        var model = new LogisticModel([1, -2], 0.5f);
        var scores = new float[2];
        var scorer = new LogisticScorer(model);
        Assert.True(scorer.ScoreAsync(new(2, 2, (float[])[0, 0, 3, 1], 1, scores)).IsCompletedSuccessfully);
        Assert.Equal([1 / (1 + MathF.Exp(-0.5f)), 1 / (1 + MathF.Exp(-1.5f))], scores, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Throws<ArgumentException>(() => { scorer.ScoreAsync(new(1, 1, new float[1], 1, new float[1])); });
        Assert.Throws<ArgumentException>(() => new ScoringBatch(2, 2, new float[3], 1, scores));
    }

    private static (float[] X, float[] Y, float[] W) Sample(int n, int f, int seed)
    {
        var random = new Random(seed);
        var (x, y, w) = (new float[n * f], new float[n], new float[n]);
        for (var s = 0; s < n; s++)
        {
            var logit = -0.5;
            for (var j = 0; j < f; j++)
            {
                x[(s * f) + j] = (float)((random.NextDouble() + j) * (j + 1));
                logit += (random.NextDouble() - 0.5) * x[(s * f) + j] / (j + 1);
            }

            y[s] = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
            w[s] = random.Next(1, 4);
        }

        return (x, y, w);
    }
}
