using System.Globalization;
using System.Text;
using Siskin.Vectors.Measurement;

namespace Siskin.Vectors.Advice;

/// <summary>Advice as text and as a picture.</summary>
internal static class AdviceReport
{
    private static readonly string[] Header = ["index", "effort", "recall", "mean", "p99", "queries/s", "memory", "build", "adds/s", "verdict"];

    public static string Markdown(IndexAdvice advice)
    {
        var text = new StringBuilder();
        var o = advice.Options;
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Index for {o.Count:N0} vectors of {advice.Dimensions} dimensions, {o.Metric}: {Wishes(o)}"));
        text.AppendLine();
        if (advice.Recommended is { } best)
        {
            var parameters = string.Join(", ", best.Parameters.Select(p => $"{p.Key} {p.Value}"));
            text.AppendLine($"**Recommended: {best.Name}**{(parameters.Length > 0 ? $" ({parameters})" : string.Empty)}: {string.Join("; ", best.Reasons)}");
            if (advice.Commands.Count > 0)
            {
                text.AppendLine().AppendLine("```sh").AppendJoin(Environment.NewLine, advice.Commands).AppendLine().AppendLine("```");
            }
        }
        else
        {
            text.AppendLine("**Nothing fits.** Any one of these would help:");
            text.AppendLine();
            foreach (var hint in advice.Loosen)
            {
                text.AppendLine($"- {hint}");
            }
        }

        text.AppendLine();
        AppendTable(text, advice);
        text.AppendLine();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Measured on up to {advice.SampleRows:N0} vectors with {advice.SampleQueries:N0} queries in {advice.ElapsedSeconds:F0} s, foretold for {o.Count:N0}. Recall is a bound, with a margin that grows with the distance from the sample; times are scaled as they grew between samples: measure them before relying on them."));
        foreach (var note in advice.Notes)
        {
            text.AppendLine($"Note: {note}.");
        }

        return text.ToString();
    }

    public static string Svg(IndexAdvice advice)
    {
        var all = advice.Recommended is { } best ? advice.Alternatives.Prepend(best) : advice.Alternatives;
        var series = all.Select(estimate => new PlotSeries(
            $"{estimate.Name}{(estimate == advice.Recommended ? " (recommended)" : string.Empty)}",
            [.. estimate.Curve.Select(point => new PlotPoint(point.Recall, point.QueriesPerSecond))]));
        return CurvePlot.Render(
            string.Create(CultureInfo.InvariantCulture, $"Recall@{advice.Options.K} and speed, foretold for {advice.Options.Count:N0} vectors"), [.. series]);
    }

    private static string Wishes(IndexAdvisorOptions o)
    {
        var wishes = new List<string> { string.Create(CultureInfo.InvariantCulture, $"recall@{o.K} {AdviceText.Recall(o.Recall)}") };
        if (o.Latency is { } latency)
        {
            wishes.Add($"{AdviceText.Measure(o.LatencyMeasure)} within {AdviceText.Time(latency.TotalMicroseconds)}");
        }

        if (o.MemoryBytes is { } memory)
        {
            wishes.Add($"memory within {AdviceText.Bytes(memory)}");
        }

        if (o.AddsPerSecond > 0 || o.RemovesPerSecond > 0)
        {
            wishes.Add(string.Create(CultureInfo.InvariantCulture, $"{AdviceText.Rate(o.AddsPerSecond)} adds and {AdviceText.Rate(o.RemovesPerSecond)} removals/s within {o.UpdateShare:0.##} of a core"));
        }

        return string.Join(", ", wishes);
    }

    private static void AppendTable(StringBuilder text, IndexAdvice advice)
    {
        var rows = new List<string[]> { Header };
        if (advice.Recommended is { } best)
        {
            rows.Add(Cells(best, $"**{best.Name}**"));
        }

        rows.AddRange(advice.Alternatives.Select(estimate => Cells(estimate, estimate.Name)));
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            Append(rows[i].Select((cell, column) => IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
            if (i == 0)
            {
                Append(widths.Select((width, column) => IsText(column) ? new string('-', width) : new string('-', width - 1) + ":"));
            }
        }

        void Append(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

        static bool IsText(int column) => column == 0 || column == Header.Length - 1;
    }

    private static string[] Cells(IndexEstimate estimate, string name) =>
    [
        name,
        estimate.Search.Effort == 0 ? "-" : estimate.Search.Effort.ToString(CultureInfo.InvariantCulture),
        AdviceText.Recall(estimate.Search.Recall),
        AdviceText.Time(estimate.Search.MeanMicroseconds),
        AdviceText.Time(estimate.Search.P99Microseconds),
        AdviceText.Rate(estimate.Search.QueriesPerSecond),
        AdviceText.Bytes(estimate.MemoryBytes),
        AdviceText.Seconds(estimate.BuildSeconds),
        AdviceText.Rate(estimate.AddsPerSecond),
        string.Join("; ", estimate.Reasons),
    ];
}
