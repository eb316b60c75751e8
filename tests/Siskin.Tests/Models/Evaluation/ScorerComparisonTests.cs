using Siskin.Models.Evaluation;

namespace Siskin.Tests.Models.Evaluation;

public sealed class ScorerComparisonTests
{
    [Fact]
    public void Equal_scorers_agree_in_everything()
    {
        var comparison = new ScorerComparison("a@1", "a@2");
        for (var i = 0; i < 5; i++)
        {
            comparison.Add([0.1f, 0.5f, 0.3f], [0.1f, 0.5f, 0.3f], 2, 4);
        }

        var report = comparison.Report();
        Assert.Equal((5, 1.0, 1.0), (report.Requests, report.Overlap, report.SameFirst));
        Assert.Equal(1, report.Correlation, 1e-9);
        Assert.Equal(1, report.RankCorrelation, 1e-9);
        Assert.Equal(2, report.BaseP99, 0.1);
        Assert.Equal(4, report.CandidateP50, 0.2);
        Assert.Equal(0, report.CandidateErrorShare);
    }

    [Fact]
    public void Correlations_are_those_of_the_textbook()
    {
        var comparison = new ScorerComparison("a@1", "a@2");

        // Deviations −2.25 −0.25 −0.25 2.75 and 1.5 0.5 −0.5 −1.5; of the ranks 1.5 0 0 −1.5 and −1.5 −0.5 0.5 1.5.
        comparison.Add([1, 3, 3, 6.0f], [4, 3, 2, 1], 1, 1);
        var report = comparison.Report();
        Assert.Equal(-7.5 / Math.Sqrt(12.75 * 5), report.Correlation, 1e-6);
        Assert.Equal(-4.5 / Math.Sqrt(4.5 * 5), report.RankCorrelation, 1e-6);
        Assert.Equal(0, report.SameFirst);
    }

    [Fact]
    public void Overlap_is_that_of_the_ten_best()
    {
        var comparison = new ScorerComparison("a@1", "a@2");
        var own = Enumerable.Range(0, 30).Select(i => (float)-i).ToArray();
        var other = Enumerable.Range(0, 30).Select(i => (float)-Math.Abs(i - 9)).ToArray();

        // The other's best ten are 9, 8 and 10, 7 and 11, …: 4 or 5 to 13 or 14, of which 5 to 9 and, of the tie, the lower one are among the first ten.
        comparison.Add(own, other, 1, 1);
        Assert.Equal(0.6, comparison.Report().Overlap, 1e-9);
    }

    [Fact]
    public void Constant_scores_have_no_correlation_and_do_not_count_in_its_mean()
    {
        var comparison = new ScorerComparison("a@1", "a@2");
        comparison.Add([1, 1], [1, 2], 1, 1);
        comparison.Add([1, 2], [1, 2], 1, 1);
        comparison.Add([], [], 1, 1);
        Assert.Equal((3, 1.0), (comparison.Report().Requests, Math.Round(comparison.Report().Correlation, 9)));
    }

    [Fact]
    public void Failures_are_counted_and_the_last_one_is_told()
    {
        var comparison = new ScorerComparison("a@1", "a@2");
        comparison.Add([1, 2], [1, 2], 1, 1);
        comparison.AddCandidateError("the circuit is open");
        comparison.AddBaseError();
        comparison.AddDropped();
        comparison.AddCanary();
        var report = comparison.Report();
        Assert.Equal((1, 1, 1, 1, 0.5, "the circuit is open"), (report.CandidateErrors, report.BaseErrors, report.Dropped, report.Canary, report.CandidateErrorShare, report.LastError));
        Assert.Throws<ArgumentException>(() => comparison.Add([1], [1, 2], 1, 1));
    }

    [Theory]
    [InlineData("overlap>=0.8", true, "overlap 0.9 ≥ 0.8")]
    [InlineData("overlap >= 0.95, errors <= 0.01", false, "overlap 0.9 < 0.95")]
    [InlineData("p99<=1.5*base", true, "p99 12 ≤ 15")]
    [InlineData("p99<=1.1*base,p50<=1", false, "p99 12 > 11, p50 2 > 1")]
    [InlineData("correlation>=-1,rankCorrelation>=0.5,sameFirst>=0,p99<=12", true, "correlation 0.7 ≥ -1, rankCorrelation 0.6 ≥ 0.5, sameFirst 0 ≥ 0, p99 12 ≤ 12")]
    public void Rules_decide_by_all_of_their_conditions(string rule, bool passes, string reason)
    {
        var report = new ScorerComparisonReport { Base = "a@1", Candidate = "a@2", Requests = 100, Overlap = 0.9, Correlation = 0.7, RankCorrelation = 0.6, BaseP99 = 10, CandidateP99 = 12, CandidateP50 = 2 };
        Assert.Equal((passes, reason), ComparisonRule.Parse(rule).Decide(report));
    }

    [Theory]
    [InlineData("", "needs a condition")]
    [InlineData("overlap", "is no condition")]
    [InlineData("overlap<=1", "take >=")]
    [InlineData("p99>=1", "take >=")]
    [InlineData("overlap>=1*base", "for p50 and p99")]
    [InlineData("p99<=x*base", "'x' is no number")]
    [InlineData("errors<=NaN", "'NaN' is no number")]
    public void Rules_of_other_forms_are_refused_by_name(string rule, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ComparisonRule.Parse(rule)).Message, StringComparison.Ordinal);

    [Fact]
    public void Quantiles_are_within_five_percent()
    {
        var sketch = new DurationSketch();
        for (var i = 1; i <= 1000; i++)
        {
            sketch.Add(i / 10.0);
        }

        sketch.Add(double.NaN);
        sketch.Add(-1);
        Assert.Equal(1000, sketch.Count);
        Assert.InRange(sketch.Quantile(0.5), 50 * 0.95, 50 * 1.05);
        Assert.InRange(sketch.Quantile(0.99), 99 * 0.95, 99 * 1.05);
        Assert.Equal(0, new DurationSketch().Quantile(0.5));
    }
}
