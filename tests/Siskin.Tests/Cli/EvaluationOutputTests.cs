using System.Text.Json;
using Siskin.Cli;
using Siskin.Cli.Evaluation;
using Siskin.Cli.Output;
using Siskin.Models.Evaluation;

namespace Siskin.Tests.Cli;

public sealed class EvaluationOutputTests
{
    [Fact]
    public void A_summary_gives_mean_deviation_and_the_share_of_the_way_to_the_oracle()
    {
        // The pipeline covers 3/4 of 0.1 → 0.5, then 1/2 of 0.2 → 0.6.
        var summary = Assert.Single(SeedSummaries.Of([Report(1, 0.1, 0.4, 0.5), Report(2, 0.2, 0.4, 0.6)]));

        Assert.Equal([1, 2], summary.Seeds);
        var popularity = summary.Rows[0].Figures["ndcg@10"];
        Assert.Equal(0.15, popularity.Mean, 12);
        Assert.Equal(Math.Sqrt(0.005), popularity.Deviation, 12);
        var share = summary.OracleShare!["ndcg@10"];
        Assert.Equal(0.625, share.Mean, 12);
        Assert.Equal(Math.Sqrt(0.03125), share.Deviation, 12);
    }

    [Fact]
    public void Without_an_oracle_there_is_no_share()
    {
        var report = Report(1, 0.1, 0.4, 0.5);

        var summary = Assert.Single(SeedSummaries.Of([report with { Rows = [.. report.Rows.Take(2)] }]));

        Assert.Null(summary.OracleShare);
        Assert.Equal(0, summary.Rows[0].Figures["recall@10"].Deviation);
    }

    [Fact]
    public void Tables_show_figures_in_one_culture_and_name_their_protocol()
    {
        var text = new StringWriter();

        EvaluationTables.WriteReport(CliConsole.Of(text, TextWriter.Null).Tables, Report(7, 0.125, 0.25, 0.5));

        Assert.Contains("seed 7; by the book", text.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"popularity +│ +0\.1250 +│ +0\.1250", text.ToString());
        Assert.Contains("NDCG@10", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Channel_tables_show_recall_and_overlap()
    {
        var text = new StringWriter();
        var report = new ChannelReport
        {
            Users = 3,
            UnionRecall = 0.75,
            Channels = [Channel("popular", 1234), Channel("newest", 5)],
            Containment = [1, 0.5, 0.5, 1],
            Jaccard = [1, 0.25, 0.25, 1],
        };

        EvaluationTables.WriteChannels(CliConsole.Of(text, TextWriter.Null).Tables, "global", report);

        Assert.Contains("1,234", text.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"newest +│ +0\.50 +│ +\. ", text.ToString());
    }

    [Fact]
    public void JSON_keeps_numbers_in_full()
    {
        var json = JsonSerializer.Serialize(new EvaluationDocument("d", [Report(1, 1.0 / 3, 0.4, 0.5)]), JsonText.Context.EvaluationDocument);

        using var document = JsonDocument.Parse(json);
        Assert.Equal(1.0 / 3, document.RootElement.GetProperty("reports")[0].GetProperty("rows")[0].GetProperty("at")[0].GetProperty("ndcg").GetDouble());
    }

    private static SplitReport Report(int seed, double popularity, double pipeline, double oracle) => new(
        "per-user", seed, "by the book", 10, 5, [Row("popularity", popularity), Row("pipeline", pipeline), Row("oracle", oracle)], null, new Dictionary<string, string>(), 1.5);

    private static ReportRow Row(string name, double value) => new(
        name,
        4,
        1,
        [new RankingAtK { K = 10, Recall = value, Precision = value, Ndcg = value, HitRate = value, Mrr = value, Map = value, Coverage = value, Gini = value }]);

    private static ChannelFigures Channel(string name, long hits) => new()
    {
        Name = name,
        Recall = 0.5,
        MarginalRecall = 0.25,
        Hits = hits,
        ExclusiveHits = 2,
        MeanLength = 10,
        UserCoverage = 1,
    };
}
