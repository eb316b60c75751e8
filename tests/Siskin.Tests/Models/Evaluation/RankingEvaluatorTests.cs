using Siskin.Models.Evaluation;
using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Evaluation;

public sealed class RankingEvaluatorTests
{
    [Fact]
    public void A_report_equals_hand_computed_values_and_users_without_output_count_as_zero()
    {
        var evaluator = new RankingEvaluator(4, 2, 1);
        evaluator.Add([0, 1], [1]);
        evaluator.Add([0, 2], [0, 3]);
        evaluator.Add([], [3]);
        evaluator.Add([-1, 0], [0]);
        evaluator.Add([0, 1], []);
        var report = evaluator.Report();
        Assert.Equal((4, 0.5), (report.Users, report.UserCoverage));
        Assert.Equal([1, 2], report.Lengths.Select(figures => figures.K));
        var two = report.At(2);
        Assert.Equal((1 + 0.5) / 4, two.Recall);
        Assert.Equal((0.5 + 0.5) / 4, two.Precision);
        Assert.Equal(2 / 4.0, two.HitRate);
        Assert.Equal((0.5 + 1) / 4, two.Mrr);
        Assert.Equal((0.5 + 0.5) / 4, two.Map);
        Assert.Equal((0.63093 + 0.61315) / 4, two.Ndcg, 1e-5);

        // Items recommended 2, 1, 1 and 0 times.
        Assert.Equal(3 / 4.0, two.Coverage);
        Assert.Equal(((-3 * 0) + (-1 * 1) + (1 * 1) + (3 * 2)) / (4.0 * 4), two.Gini);
        Assert.Equal(1 / 4.0, report.At(1).Coverage);
        Assert.Equal(3 / 4.0, report.At(1).Gini);
        Assert.Throws<ArgumentException>(() => report.At(3));
    }

    [Fact]
    public void Merged_evaluators_report_what_one_would()
    {
        var (one, left, right) = (new RankingEvaluator(3, 1), new RankingEvaluator(3, 1), new RankingEvaluator(3, 1));
        one.Add([0], [0]);
        one.Add([1], [2]);
        left.Add([0], [0]);
        right.Add([1], [2]);
        left.Merge(right);
        Assert.Equal(one.Report().At(1), left.Report().At(1));
        Assert.Equal(2, left.Report().Users);
        Assert.Throws<ArgumentException>(() => left.Merge(new RankingEvaluator(3, 2)));
    }

    [Fact]
    public void Nothing_added_reports_zeros_and_foreign_items_are_refused()
    {
        var evaluator = new RankingEvaluator(2, 1);
        Assert.Equal((0, 0.0, 0.0), (evaluator.Report().Users, evaluator.Report().At(1).Recall, evaluator.Report().At(1).Gini));
        Assert.Throws<ArgumentException>(() => evaluator.Add([2], [0]));
        Assert.Throws<ArgumentException>(() => new RankingEvaluator(2));
    }

    [Fact]
    public void Full_ranking_leaves_out_what_was_seen_and_users_without_truth()
    {
        var seen = InteractionMatrix.FromInteractions([new(0, 2, 1, 0)], 3, 3);
        var truth = InteractionMatrix.FromInteractions([new(0, 1, 1, 0), new(2, 2, 1, 0)], 3, 3);
        var report = FullRanking.Evaluate(seen, truth, (_, scores) => ((float[])[1, 2, 3]).CopyTo(scores), [1], threads: 2);
        Assert.Equal((2, 1.0), (report.Users, report.At(1).Recall));
        var nobody = FullRanking.Evaluate(seen, truth, (_, scores) => scores.Fill(float.NaN), [1]);
        Assert.Equal((0.0, 0.0), (nobody.UserCoverage, nobody.At(1).Recall));
    }
}
