using System.Diagnostics;
using System.Globalization;
using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Measurement;

namespace Siskin.Benchmarks.Vectors;

/// <summary>Recall against speed of hashing, for each policy as the tuner sets it, beside the exact scan in the same run.</summary>
/// <remarks>One thread searches. Settings are tuned on the last half of the queries and measured on the first ones.</remarks>
internal static class LshConsole
{
    private const int K = 10;
    private const int ExactQueries = 40;

    /// <summary>Options: <c>--base F --queries F --metric L2|Cosine|InnerProduct</c>; <c>--recall P</c> in percent, <c>--count N</c> queries to measure, <c>--seconds S</c> to tune, <c>--svg F</c>.</summary>
    public static void Run(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--base", "--queries", "--metric", "--recall", "--count", "--seconds", "--svg");
        var rows = VectorFile.Read(options.Text("--base") ?? throw new ArgumentException("--base FILE is needed."));
        var queries = VectorFile.Read(options.Text("--queries") ?? throw new ArgumentException("--queries FILE is needed."));
        var metric = Enum.Parse<VectorMetric>(options.Text("--metric") ?? nameof(VectorMetric.L2));
        var wanted = options.Integer("--recall", 90) / 100.0;
        var count = Math.Min(options.Integer("--count", 300), (queries.Count + 1) / 2);
        var d = rows.Dimensions;

        var measured = new VectorSet(queries.Rows[..(count * d)], d);
        var truth = GroundTruth.Compute(rows, measured, metric, K);
        var exact = Exact(rows, measured, truth);
        var tuning = LshTuner.Tune(rows.Rows, d, metric, queries.Rows.Span[(queries.Count / 2 * d)..], new LshTunerOptions
        {
            Recall = wanted,
            K = K,
            TimeLimit = TimeSpan.FromSeconds(options.Integer("--seconds", 45)),
        });

        Console.WriteLine(Text($"## {rows.Count:N0} × {d}, {metric}, k = {K}, one thread, {count} queries"));
        Console.WriteLine();
        Console.WriteLine(Text($"Exact scan: {exact.QueriesPerSecond:F1} queries per second."));
        Console.WriteLine();
        Console.WriteLine("What the tuner measured on its sample (~) and on all rows, and what it chose (*):");
        Console.WriteLine();
        Console.WriteLine($"```\n{tuning}\n```");
        var series = new List<PlotSeries> { PlotSeries.Of("exact scan", [exact]) };
        foreach (var policy in Enum.GetValues<LshPolicy>())
        {
            var frontier = tuning.Frontier(policy);
            if (frontier.Count > 0)
            {
                // The frontier rises in recall and in time, so that the first to reach the recall is the cheapest.
                var setting = tuning.Options.Policy == policy ? tuning.Options : (frontier.FirstOrDefault(point => point.Recall >= wanted) ?? frontier[^1]).Options;
                series.Add(PlotSeries.Of(Name(policy), Curve(rows, truth, metric, setting, exact, wanted)));
            }
        }

        if (options.Text("--svg") is { } path)
        {
            File.WriteAllText(path, CurvePlot.Render(Text($"LSH, {rows.Count:N0} × {d}, {metric}, recall@{K}, one thread"), series));
        }
    }

    private static CurvePoint Exact(VectorSet rows, VectorSet queries, GroundTruth truth)
    {
        // Each exact query takes so long that few are enough.
        var few = Math.Min(ExactQueries, queries.Count);
        var ids = new List<int>();
        for (var query = 0; query < few; query++)
        {
            ids.AddRange(truth.Neighbours(query));
        }

        var part = GroundTruth.Of(rows, new VectorSet(queries.Rows[..(few * rows.Dimensions)], rows.Dimensions), truth.Metric, [.. ids], K);
        using var index = new ExactIndex(rows.Rows, rows.Dimensions, truth.Metric);
        return SearchCurve.Measure(index, part, [0])[0];
    }

    private static List<CurvePoint> Curve(VectorSet rows, GroundTruth truth, VectorMetric metric, LshOptions setting, CurvePoint exact, double wanted)
    {
        var started = Stopwatch.GetTimestamp();
        using var index = LshIndex.Build(rows.Rows.Span, rows.Dimensions, metric, setting);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var points = new List<(double Deviations, CurvePoint Point)>();
        foreach (var change in setting.Policy == LshPolicy.AtLeast || setting.SketchBits == 0 ? [0] : new[] { -0.5, 0, 0.75, 1.5 })
        {
            var deviations = setting.SketchDeviations + change;
            index.SetSketchDeviations(deviations);
            var curve = SearchCurve.Measure(index, truth, Efforts(setting), new SearchCurveOptions { Limit = TimeSpan.FromSeconds(0.5), WarmUp = TimeSpan.FromMilliseconds(50) });
            points.AddRange(curve.Select(point => (deviations, point)));
        }

        // What another point beats in both recall and speed is left out.
        points = [.. points.Where(p => !points.Exists(q => q.Point.Recall >= p.Point.Recall && q.Point.QueriesPerSecond > p.Point.QueriesPerSecond)).OrderBy(p => p.Point.Recall)];
        Console.WriteLine();
        Console.WriteLine(Text($"### {Name(setting.Policy)}: {new LshTuningPoint(index.Options with { Probes = setting.Probes }, 0, 0, 0, 0, false).Parameters}"));
        Console.WriteLine();
        Console.WriteLine(Text($"Built in {seconds:F1} s; {index.Memory.Structure / (double)rows.Count:F0} bytes per vector beside the vectors."));
        Console.WriteLine();
        Console.WriteLine("| z | effort | recall@10 | queries/s | × exact | p50 µs | p99 µs |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (deviations, point) in points)
        {
            var mark = point.Recall >= wanted ? "**" : string.Empty;
            Console.WriteLine(Text($"| {deviations:0.##} | {point.Effort} | {mark}{point.Recall:F4}{mark} | {point.QueriesPerSecond:F0} | {mark}{point.QueriesPerSecond / exact.QueriesPerSecond:F1}{mark} | {point.P50Microseconds:F0} | {point.P99Microseconds:F0} |"));
        }

        return [.. points.Select(p => p.Point)];
    }

    // Around the chosen one: probes by factors, disagreeing functions by steps.
    private static int[] Efforts(LshOptions setting)
    {
        var probes = setting.Probes;
        int[] efforts = setting.Policy == LshPolicy.AtLeast
            ? [.. Enumerable.Range(-4, 9).Select(i => probes + (i * Math.Max(1, setting.Functions / 64)))]
            : [probes / 16, probes / 8, probes / 4, probes / 2, probes * 3 / 4, probes, probes * 5 / 4, probes * 2, probes * 4];
        return [.. efforts.Where(effort => effort > 0).Distinct()];
    }

    private static string Name(LshPolicy policy) => policy switch
    {
        LshPolicy.And => "AND of m",
        LshPolicy.Or => "OR of m",
        _ => "at least r of m",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
