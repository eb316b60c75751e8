using Siskin.Vectors;
using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed class LshTunerTests
{
    private static readonly ClusteredVectors Vectors = new(8000, 20, 80, 3, normSpread: 0.3);
    private static readonly LshTunerOptions Quick = new() { TimeLimit = TimeSpan.FromSeconds(1.5), MaxQueries = 60, MaxSampleNumbers = 100_000 };

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.Cosine)]
    [InlineData(VectorMetric.InnerProduct)]
    public void The_chosen_settings_reach_about_the_wanted_recall(VectorMetric metric)
    {
        var tuning = LshTuner.Tune(Vectors.Rows, Vectors.Dimensions, metric, Vectors.Queries, Quick);
        Assert.True(tuning.ReachedRecall);
        Assert.False(tuning.Chosen.IsExtrapolated);
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, metric, tuning.Options);
        var recall = Vectors.Recall(index, 10, 0);
        Assert.True(recall >= 0.86, $"{recall}");
    }

    [Fact]
    public void The_curve_holds_every_policy_and_its_frontier_rises()
    {
        var tuning = LshTuner.Tune(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, Vectors.Queries, Quick with { TimeLimit = TimeSpan.FromSeconds(3) });
        foreach (var policy in Enum.GetValues<LshPolicy>())
        {
            var frontier = tuning.Frontier(policy);
            Assert.NotEmpty(frontier);
            for (var i = 1; i < frontier.Count; i++)
            {
                Assert.True(frontier[i].Recall > frontier[i - 1].Recall && frontier[i].Microseconds > frontier[i - 1].Microseconds);
            }
        }

        var text = tuning.ToString();
        Assert.Contains($"*{tuning.Chosen.Parameters}", text, StringComparison.Ordinal);
        Assert.Contains("exact: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_given_policies_are_tried()
    {
        var tuning = LshTuner.Tune(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, Vectors.Queries, Quick with { Policies = [LshPolicy.AtLeast] });
        Assert.All(tuning.Points, point => Assert.Equal(LshPolicy.AtLeast, point.Options.Policy));
    }

    [Fact]
    public void Wrong_settings_are_named_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => LshTuner.Tune(Vectors.Rows, 20, VectorMetric.L2, Vectors.Queries, new LshTunerOptions { Recall = 2, K = 0, Policies = [], SketchBits = [65] }));
        foreach (var name in new[] { "Recall is 2", "K is 0", "Policies are", "SketchBits are 65" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => LshTuner.Tune(new float[5], 2, VectorMetric.L2, new float[2]));
    }
}
