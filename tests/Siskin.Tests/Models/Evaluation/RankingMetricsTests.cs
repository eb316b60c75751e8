using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class RankingMetricsTests
{
    // Hits at ranks 2 and 4 of a truth of three.
    private static readonly int[] Recommended = [9, 1, 8, 2, 7];
    private static readonly int[] Truth = [2, 1, 5];

    [Fact]
    public void Metrics_equal_hand_computed_values()
    {
        Assert.Equal(2, RankingMetrics.Hits(Recommended, Truth, 5));
        Assert.Equal(2 / 3.0, RankingMetrics.Recall(Recommended, Truth, 5), 1e-12);
        Assert.Equal(2 / 5.0, RankingMetrics.Precision(Recommended, Truth, 5), 1e-12);
        Assert.Equal(1, RankingMetrics.HitRate(Recommended, Truth, 5));
        Assert.Equal(0.5, RankingMetrics.ReciprocalRank(Recommended, Truth, 5));
        Assert.Equal(((1 / 2.0) + (2 / 4.0)) / 3, RankingMetrics.AveragePrecision(Recommended, Truth, 5), 1e-12);

        // (1/log2 3 + 1/log2 5) / (1 + 1/log2 3 + 1/2)
        Assert.Equal(0.4982, RankingMetrics.Ndcg(Recommended, Truth, 5), 1e-4);
    }

    [Fact]
    public void Only_the_first_k_count_and_the_ideal_is_cut_at_k_too()
    {
        Assert.Equal(1 / 3.0, RankingMetrics.Recall(Recommended, Truth, 3), 1e-12);
        Assert.Equal(0.5 / 2, RankingMetrics.AveragePrecision(Recommended, Truth, 2), 1e-12);
        Assert.Equal(1, RankingMetrics.Ndcg([1, 2], Truth, 2), 1e-12);
        Assert.Equal(0, RankingMetrics.ReciprocalRank(Recommended, Truth, 1));
        Assert.Equal(0.1, RankingMetrics.Precision([1], Truth, 10), 1e-12);
    }

    [Fact]
    public void Padding_ends_a_list_repeats_count_once_and_an_empty_truth_is_zero()
    {
        Assert.Equal(0, RankingMetrics.Hits([-1, 1, 2], Truth, 3));
        Assert.Equal(1, RankingMetrics.Hits([1, 1, 1], Truth, 3));
        Assert.Equal(0, RankingMetrics.Recall(Recommended, [], 5));
        Assert.Equal(0, RankingMetrics.Ndcg(Recommended, [], 5));
        Assert.Equal(0, RankingMetrics.AveragePrecision(Recommended, [], 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingMetrics.Hits(Recommended, Truth, 0));
    }
}
