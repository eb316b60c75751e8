using System.Globalization;
using Spectre.Console;

namespace Siskin.Cli.Output;

/// <summary>A measured index as a table for people.</summary>
internal static class IndexBenchTable
{
    public static void Write(IAnsiConsole console, IndexBenchDocument document)
    {
        var first = document.Results[0];
        console.WriteLine(TitleOf(document));
        console.WriteLine($"{NameOf(first)}{Text(", M = ", first.Parameters.M)}{Text(", ef of construction = ", first.Parameters.EfConstruction)}, searched on {first.Parameters.Threads} {(first.Parameters.Threads == 1 ? "thread" : "threads")}");
        var table = EvaluationTables.NewTable("setting");
        EvaluationTables.AddNumber(table, $"recall@{document.K}", "QPS", "p50 µs", "p99 µs", "build s", "bytes per vector", "+ structure", "+ in the file");
        foreach (var result in document.Results)
        {
            table.AddRow(
                result.Parameters.Setting,
                Number(result.Recall, "F4"),
                Number(result.Qps, "N0"),
                Number(result.P50Microseconds, "F1"),
                Number(result.P99Microseconds, "F1"),
                result.BuildSeconds is { } seconds ? Number(seconds, "F1") : "–",
                Number(result.BytesPerVector, "F1"),
                Number(result.StructureBytesPerVector, "F1"),
                Number(result.MappedBytesPerVector, "F1"));
        }

        console.Write(table);
    }

    /// <summary>The data in one line.</summary>
    public static string TitleOf(IndexBenchDocument document) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Path.GetFileName(document.Base)}: {document.Vectors:N0} vectors of {document.Dimensions} numbers, {document.Metric}, k = {document.K}, {document.Queries:N0} queries");

    /// <summary>The index in words.</summary>
    public static string NameOf(IndexBenchResult result) =>
        result.Parameters.Quantize is null or "none" ? result.Index : $"{result.Index} {result.Parameters.Quantize}";

    private static string Text(string before, int? number) => number is { } value ? string.Create(CultureInfo.InvariantCulture, $"{before}{value}") : string.Empty;

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
