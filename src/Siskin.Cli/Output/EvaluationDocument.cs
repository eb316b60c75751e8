using Siskin.Models.Evaluation;
using Siskin.Offline.Jobs;

namespace Siskin.Cli.Output;

/// <summary>What <c>siskin evaluate --json</c> prints.</summary>
/// <param name="Dataset">Name of the data.</param>
/// <param name="Reports">One entry for each split, and for each seed where several were asked for.</param>
/// <param name="Summary">Means over the seeds; null without several.</param>
internal sealed record EvaluationDocument(string Dataset, IReadOnlyList<SplitReport> Reports, IReadOnlyList<SeedSummary>? Summary = null);

/// <summary>One evaluation.</summary>
internal sealed record SplitReport(
    string Split,
    int? Seed,
    string Protocol,
    int Train,
    int Test,
    IReadOnlyList<ReportRow> Rows,
    ChannelReport? Channels,
    IReadOnlyDictionary<string, string> Settings,
    double Seconds)
{
    public static SplitReport Of(string split, int? seed, EvaluationReport report) => new(
        split,
        seed,
        report.Protocol,
        report.Train,
        report.Test,
        [.. report.Rows.Select(row => new ReportRow(row.Name, row.Report.Users, row.Report.UserCoverage, row.Report.Lengths))],
        report.Channels,
        report.Settings,
        report.Seconds);
}

/// <summary>One recommender in one evaluation.</summary>
internal sealed record ReportRow(string Name, int Users, double UserCoverage, IReadOnlyList<RankingAtK> At);

/// <summary>Several seeds of one split together.</summary>
/// <param name="Split">The split.</param>
/// <param name="Seeds">The seeds.</param>
/// <param name="Rows">Each recommender's figures.</param>
/// <param name="OracleShare">
/// By metric: how much of the distance from popularity to the oracle the pipeline covers; null without pipeline or oracle.
/// </param>
internal sealed record SeedSummary(
    string Split, IReadOnlyList<int> Seeds, IReadOnlyList<SummaryRow> Rows, IReadOnlyDictionary<string, MeanDeviation>? OracleShare);

/// <summary>One recommender over several seeds: figures by metric, such as <c>ndcg@10</c>.</summary>
internal sealed record SummaryRow(string Name, IReadOnlyDictionary<string, MeanDeviation> Figures);

/// <summary>Mean and sample standard deviation; the latter is 0 for a single value.</summary>
internal sealed record MeanDeviation(double Mean, double Deviation)
{
    public static MeanDeviation Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        return new(mean, values.Count < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }
}
