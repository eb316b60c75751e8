using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class ChannelEvaluatorTests
{
    [Fact]
    public void Figures_equal_hand_computed_values()
    {
        var evaluator = new ChannelEvaluator(["a", "b"]);
        Add(evaluator, [1, 2, 3], [3, 4, 4, -1], [1, 3, 4, 9]);
        Add(evaluator, [], [5], [5]);
        Add(evaluator, [1], [1], []);
        var report = evaluator.Report();
        Assert.Equal((2, (0.75 + 1) / 2), (report.Users, report.UnionRecall));
        var (a, b) = (report.Channels[0], report.Channels[1]);
        Assert.Equal(("a", 2L, 1L, 0.5 / 2, 0.25 / 2), (a.Name, a.Hits, a.ExclusiveHits, a.Recall, a.MarginalRecall));
        Assert.Equal(("b", 3L, 2L, 1.5 / 2, 1.25 / 2), (b.Name, b.Hits, b.ExclusiveHits, b.Recall, b.MarginalRecall));
        Assert.Equal((1.5, 0.5, 1.5, 1.0), (a.MeanLength, a.UserCoverage, b.MeanLength, b.UserCoverage));

        // {1,2,3} and {3,4}: one in common; only users with both lists count.
        Assert.Equal([1, 0.5, 0.5, 1], report.Containment);
        Assert.Equal([1, 0.25, 0.25, 1], report.Jaccard);
    }

    [Fact]
    public void Another_number_of_lists_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ChannelEvaluator(["a", "b"]).Add([new int[1]], [0]));

    private static void Add(ChannelEvaluator evaluator, int[] a, int[] b, int[] truth) =>
        evaluator.Add([a.AsMemory(), b.AsMemory()], truth);
}
