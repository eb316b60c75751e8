using System.Globalization;
using Siskin.Models.Evaluation;
using Spectre.Console;

namespace Siskin.Cli.Output;

/// <summary>Evaluations as tables for people.</summary>
internal static class EvaluationTables
{
    // With their deviations, more columns would not fit on a screen.
    private static readonly string[] ShownOfSeeds = ["recall", "ndcg"];

    /// <summary>One evaluation: each recommender a row.</summary>
    public static void WriteReport(IAnsiConsole console, SplitReport report)
    {
        var seed = report.Seed is { } number ? string.Create(CultureInfo.InvariantCulture, $"seed {number}; ") : string.Empty;
        console.WriteLine();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seed}{report.Protocol} ({report.Train:N0} pairs to learn from, {report.Seconds:F1} s)"));
        var table = NewTable("recommender");
        var first = report.Rows[0].At[0];
        foreach (var at in report.Rows[0].At)
        {
            AddNumber(table, $"Recall@{at.K}", $"NDCG@{at.K}");
            if (at.K == first.K)
            {
                AddNumber(table, $"HitRate@{at.K}", $"MRR@{at.K}");
            }
        }

        AddNumber(table, $"coverage@{first.K}", $"Gini@{first.K}", "users with a list");
        foreach (var row in report.Rows)
        {
            var cells = new List<string> { Markup.Escape(row.Name) };
            foreach (var at in row.At)
            {
                cells.Add(Number(at.Recall));
                cells.Add(Number(at.Ndcg));
                if (at.K == first.K)
                {
                    cells.Add(Number(at.HitRate));
                    cells.Add(Number(at.Mrr));
                }
            }

            cells.Add(Percent(row.At[0].Coverage));
            cells.Add(Number(row.At[0].Gini));
            cells.Add(Percent(row.UserCoverage));
            table.AddRow([.. cells]);
        }

        console.Write(table);
    }

    /// <summary>What each recall channel found, and how much of it others find as well.</summary>
    public static void WriteChannels(IAnsiConsole console, string split, ChannelReport report)
    {
        console.WriteLine();
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{split}: recall channels ({report.Users:N0} users; all channels together find {report.UnionRecall:P1} of what they took)"));
        var table = NewTable("channel");
        AddNumber(table, "recall", "only here", "hits", "exclusive hits", "list length", "users with a list");
        foreach (var channel in report.Channels)
        {
            table.AddRow(
                Markup.Escape(channel.Name),
                Number(channel.Recall),
                Number(channel.MarginalRecall),
                Count(channel.Hits),
                Count(channel.ExclusiveHits),
                channel.MeanLength.ToString("F1", CultureInfo.InvariantCulture),
                Percent(channel.UserCoverage));
        }

        console.Write(table);
        console.WriteLine($"{split}: overlap of channels (share of the shorter list that the other has too)");
        var overlap = NewTable("channel");
        AddNumber(overlap, [.. report.Channels.Select(channel => Markup.Escape(channel.Name))]);
        for (var i = 0; i < report.Channels.Count; i++)
        {
            var cells = new List<string> { Markup.Escape(report.Channels[i].Name) };
            for (var j = 0; j < report.Channels.Count; j++)
            {
                cells.Add(i == j ? "." : report.Containment[(i * report.Channels.Count) + j].ToString("F2", CultureInfo.InvariantCulture));
            }

            overlap.AddRow([.. cells]);
        }

        console.Write(overlap);
    }

    /// <summary>Several seeds together; the document for programs has more metrics.</summary>
    public static void WriteSummary(IAnsiConsole console, SeedSummary summary)
    {
        console.WriteLine();
        console.WriteLine($"{summary.Split}: mean ± standard deviation over seeds {string.Join(", ", summary.Seeds)}");
        var metrics = summary.Rows[0].Figures.Keys.Where(metric => ShownOfSeeds.Any(name => metric.StartsWith(name + "@", StringComparison.Ordinal))).ToArray();
        var table = NewTable("recommender");
        AddNumber(table, metrics);
        foreach (var row in summary.Rows)
        {
            table.AddRow([Markup.Escape(row.Name), .. metrics.Select(metric => Spread(row.Figures[metric], "F4"))]);
        }

        console.Write(table);
        foreach (var (metric, share) in summary.OracleShare ?? new Dictionary<string, MeanDeviation>())
        {
            console.WriteLine($"The pipeline covers {Spread(share, "P1")} of the distance from popularity to the oracle in {metric}.");
        }
    }

    internal static Table NewTable(string firstColumn)
    {
        var table = new Table().Border(TableBorder.Rounded);
        return table.AddColumn(new TableColumn(firstColumn).NoWrap());
    }

    internal static void AddNumber(Table table, params string[] columns)
    {
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }
    }

    private static string Spread(MeanDeviation value, string format) =>
        $"{value.Mean.ToString(format, CultureInfo.InvariantCulture)} ± {value.Deviation.ToString(format, CultureInfo.InvariantCulture)}";

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static string Percent(double value) => value.ToString("P1", CultureInfo.InvariantCulture);

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
