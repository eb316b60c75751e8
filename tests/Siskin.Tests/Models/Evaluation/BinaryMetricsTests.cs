using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class BinaryMetricsTests
{
    private static readonly float[] Scores = [0.9f, 0.8f, 0.8f, 0.3f];
    private static readonly float[] Labels = [1, 0, 1, 0];

    [Fact]
    public void Metrics_equal_hand_computed_values()
    {
        // Four pairs: three won, one tied.
        Assert.Equal(3.5 / 4, BinaryMetrics.Auc(Scores, Labels), 1e-12);

        // Recall ½ at precision 1, the other half at precision 2/3.
        Assert.Equal(0.5 + (0.5 * 2 / 3), BinaryMetrics.PrAuc(Scores, Labels), 1e-12);
        var loss = -(Math.Log(0.9) + Math.Log(0.2) + Math.Log(0.8) + Math.Log(0.7)) / 4;
        Assert.Equal(loss, BinaryMetrics.LogLoss(Scores, Labels), 1e-6);
        Assert.Equal(loss / Math.Log(2), BinaryMetrics.NormalizedEntropy(Scores, Labels), 1e-6);
        Assert.Equal(-Math.Log(1e-7), BinaryMetrics.LogLoss([0], [1]), 1e-9);
    }

    [Fact]
    public void Calibration_equals_hand_computed_values()
    {
        var report = BinaryMetrics.Calibration([0.1f, 0.3f, 0.5f, 1f], [0, 1, 1, 1], 2);

        // Bins [0, ½) and [½, 1]: |0.2 − 0.5| · 2/4 + |0.75 − 1| · 2/4.
        Assert.Equal(0.275, report.ExpectedError, 1e-6);
        Assert.Equal(1.9 / 3, report.PredictedToObserved, 1e-6);
        Assert.Equal([2, 2], report.Bins.Select(bin => bin.Count));
        Assert.Throws<ArgumentException>(() => BinaryMetrics.Calibration([1.5f], [1]));
    }

    [Fact]
    public void Group_auc_weighs_by_rows_and_leaves_out_groups_of_one_class()
    {
        // Group 0: AUC 1 over 2 rows; group 5: AUC 0.5 over 3 rows; group 7: positives only.
        var result = BinaryMetrics.GroupAuc([0.1f, 0.2f, 0.5f, 0.9f, 0.1f, 0.9f], [0, 1, 1, 0, 0, 1], [0, 0, 5, 5, 5, 7]);
        Assert.Equal(new GroupedAuc(((1 * 2) + (0.5 * 3)) / 5, 2, 1, 5), result);
        Assert.True(double.IsNaN(BinaryMetrics.GroupAuc([1], [1], [0]).Value));
        Assert.Throws<ArgumentException>(() => BinaryMetrics.GroupAuc([1], [1], [-1]));
    }

    [Fact]
    public void Auc_equals_counting_all_pairs_with_many_ties()
    {
        var random = new Random(4);
        for (var round = 0; round < 50; round++)
        {
            var n = random.Next(2, 80);
            var (scores, labels) = (new float[n], new float[n]);
            for (var i = 0; i < n; i++)
            {
                (scores[i], labels[i]) = (random.Next(6), random.Next(2));
            }

            (labels[0], labels[1]) = (0, 1);
            var (wins, pairs) = (0.0, 0);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    if (labels[i] > labels[j])
                    {
                        wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                        pairs++;
                    }
                }
            }

            Assert.Equal(wins / pairs, BinaryMetrics.Auc(scores, labels), 1e-12);
        }
    }

    [Fact]
    public void One_class_has_no_value_and_bad_input_is_refused_with_its_row()
    {
        Assert.True(double.IsNaN(BinaryMetrics.Auc([1, 2], [1, 1])));
        Assert.True(double.IsNaN(BinaryMetrics.NormalizedEntropy([0.5f], [0])));
        Assert.True(double.IsNaN(BinaryMetrics.PrAuc([1], [0])));
        Assert.True(double.IsNaN(BinaryMetrics.LogLoss([], [])));
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc([0, float.NaN], [0, 1])).Message);
        Assert.Contains("row 0", Assert.Throws<ArgumentException>(() => BinaryMetrics.LogLoss([0.5f], [0.5f])).Message);
        Assert.Throws<ArgumentException>(() => BinaryMetrics.Auc([0], [0, 1]));
    }
}
