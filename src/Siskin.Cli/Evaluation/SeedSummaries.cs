using System.Globalization;
using Siskin.Cli.Output;
using Siskin.Models.Evaluation;

namespace Siskin.Cli.Evaluation;

/// <summary>Puts the reports of several seeds together.</summary>
internal static class SeedSummaries
{
    private static readonly (string Name, Func<RankingAtK, double> Value)[] Metrics =
        [("recall", at => at.Recall), ("ndcg", at => at.Ndcg), ("hitRate", at => at.HitRate), ("mrr", at => at.Mrr), ("coverage", at => at.Coverage), ("gini", at => at.Gini)];

    /// <summary>One summary for each split, in the order of the reports.</summary>
    public static IReadOnlyList<SeedSummary> Of(IReadOnlyList<SplitReport> reports) =>
        [.. reports.GroupBy(report => report.Split).Select(group => Of(group.Key, [.. group]))];

    private static SeedSummary Of(string split, IReadOnlyList<SplitReport> reports)
    {
        var names = reports[0].Rows.Select(row => row.Name).Where(name => reports.All(report => report.Rows.Any(row => row.Name == name)));
        var rows = names.Select(name => new SummaryRow(name, Figures(reports, name))).ToArray();
        return new SeedSummary(split, [.. reports.Select(report => report.Seed ?? 0)], rows, Shares(reports));
    }

    private static Dictionary<string, MeanDeviation> Figures(IReadOnlyList<SplitReport> reports, string name)
    {
        var figures = new Dictionary<string, MeanDeviation>(StringComparer.Ordinal);
        foreach (var at in reports[0].Rows[0].At)
        {
            foreach (var (metric, value) in Metrics)
            {
                figures[Key(metric, at.K)] = MeanDeviation.Of([.. reports.Select(report => Value(report, name, at.K, value)!.Value)]);
            }
        }

        return figures;
    }

    /// <summary>How much of the distance from popularity to the oracle the pipeline covers.</summary>
    private static Dictionary<string, MeanDeviation>? Shares(IReadOnlyList<SplitReport> reports)
    {
        var shares = new Dictionary<string, MeanDeviation>(StringComparer.Ordinal);
        foreach (var at in reports[0].Rows[0].At)
        {
            foreach (var (metric, value) in Metrics.Take(2))
            {
                var values = new List<double>();
                foreach (var report in reports)
                {
                    if (Value(report, "popularity", at.K, value) is { } floor
                        && Value(report, "oracle", at.K, value) is { } ceiling
                        && Value(report, "pipeline", at.K, value) is { } reached
                        && ceiling > floor)
                    {
                        values.Add((reached - floor) / (ceiling - floor));
                    }
                }

                if (values.Count == reports.Count)
                {
                    shares[Key(metric, at.K)] = MeanDeviation.Of(values);
                }
            }
        }

        return shares.Count > 0 ? shares : null;
    }

    private static string Key(string metric, int k) => string.Create(CultureInfo.InvariantCulture, $"{metric}@{k}");

    private static double? Value(SplitReport report, string name, int k, Func<RankingAtK, double> value)
    {
        var row = report.Rows.FirstOrDefault(row => row.Name == name);
        return row is null ? null : value(row.At.First(at => at.K == k));
    }
}
