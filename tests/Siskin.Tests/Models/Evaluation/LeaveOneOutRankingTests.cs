using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class LeaveOneOutRankingTests
{
    // Item i scores i for everybody.
    private static readonly BatchScorer ById = (cases, candidates, scores) =>
    {
        var width = scores.Length / cases.Length;
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = candidates.IsEmpty ? i % width : candidates[i];
        }
    };

    [Fact]
    public void Splits_hold_back_the_last_two_and_keep_short_sequences_whole()
    {
        var split = LeaveOneOutSplit.Create([[1, 2, 3, 4], [5, 6]]);
        Assert.Equal([[1, 2], [5, 6]], split.Train);
        Assert.Equal([3, -1], split.Validation);
        Assert.Equal([4, -1], split.Test);
        var test = Assert.Single(split.Cases());
        Assert.Equal([1, 2, 3], test.History);
        Assert.Equal(4, test.Target);
        Assert.Equal([1, 2], Assert.Single(split.Cases(isValidation: true)).History);
    }

    [Fact]
    public void Ranks_among_negatives_equal_hand_computed_values()
    {
        RankingCase[] cases = [new(3, [], 7, [9, 1]), new(4, [], 2, [8, 9]), new(6, [], 9, [0, 1])];
        var report = LeaveOneOutRanking.AmongNegatives(cases, ById, batchSize: 2);
        Assert.Equal([2, 3, 1], report.Ranks);
        Assert.Equal(2 / 3.0, report.HitRate(2), 1e-12);
        Assert.Equal((1 + (1 / Math.Log2(3))) / 3, report.Ndcg(2), 1e-12);
        Assert.Equal((0.5 + (1 / 3.0) + 1) / 3, report.Mrr(), 1e-12);
        Assert.Equal([new(3, 1), new(4, 0), new(6, 1)], report.HitRateByUser(2));
        Assert.Throws<ArgumentException>(() => LeaveOneOutRanking.AmongNegatives([new(0, [], 1, [2]), new(0, [], 1, [2, 3])], ById));
        Assert.Throws<ArgumentException>(() => LeaveOneOutRanking.AmongNegatives([new(0, [], 1)], ById));
    }

    [Fact]
    public void Ranks_among_all_leave_out_history_and_padding_when_asked_to()
    {
        RankingCase[] cases = [new(0, [9, 8], 5), new(1, [5, 1], 5)];
        Assert.Equal([3, 5], LeaveOneOutRanking.AmongAll(cases, 10, ById).Ranks);
        Assert.Equal([5, 5], LeaveOneOutRanking.AmongAll(cases, 10, ById, isHistoryExcluded: false).Ranks);
        BatchScorer falling = (_, _, scores) =>
        {
            for (var i = 0; i < scores.Length; i++)
            {
                scores[i] = -(i % 10);
            }
        };
        Assert.Equal([6, 5], LeaveOneOutRanking.AmongAll(cases, 10, falling).Ranks);
        Assert.Equal([5, 4], LeaveOneOutRanking.AmongAll(cases, 10, falling, firstItem: 1).Ranks);
        Assert.Throws<ArgumentException>(() => LeaveOneOutRanking.AmongAll([new(0, [], 10)], 10, ById));
        Assert.Throws<ArgumentException>(() => LeaveOneOutRanking.AmongAll([new(0, [-1], 1)], 10, ById));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    public void A_scorer_that_says_the_same_of_everything_gets_the_last_rank(float value)
    {
        BatchScorer constant = (_, _, scores) => scores.Fill(value);
        Assert.Equal([3], LeaveOneOutRanking.AmongNegatives([new(0, [], 1, [2, 3])], constant).Ranks);
        Assert.Equal([7], LeaveOneOutRanking.AmongAll([new(0, [8], 1)], 9, constant, firstItem: 1).Ranks);
    }

    [Fact]
    public void Batches_and_threads_change_nothing()
    {
        var random = new Random(2);
        var cases = new RankingCase[150];
        for (var i = 0; i < cases.Length; i++)
        {
            cases[i] = new(i, [random.Next(100)], random.Next(100));
        }

        var expected = LeaveOneOutRanking.AmongAll(cases, 100, ById, batchSize: 1, threads: 1).Ranks;
        Assert.Equal(expected, LeaveOneOutRanking.AmongAll(cases, 100, ById, batchSize: 7, threads: 3).Ranks);
    }
}
