using System.Diagnostics;
using System.Globalization;
using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Files;
using Siskin.Vectors.Memory;

namespace Siskin.Benchmarks.Vectors;

/// <summary>
/// Exact search beside what the machine can do in the same minute: single queries beside a plain read of the rows,
/// batches beside the processor's peak of multiply-adds. Prints two Markdown tables of medians.
/// </summary>
internal static class ExactIndexConsole
{
    private const int K = 10;
    private const int WarmUpRounds = 4;

    /// <summary>
    /// Options: <c>--base F --queries F</c>, files of vectors, besides <c>--rows N --dimensions D</c> generated ones (0 rows: none);
    /// <c>--rounds R</c> for single queries, <c>--batch M --batch-rounds R</c>.
    /// </summary>
    public static void Run(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--base", "--queries", "--rows", "--dimensions", "--rounds", "--batch", "--batch-rounds");
        var batch = options.Integer("--batch", 512);
        var sets = new List<(string Name, VectorSet Rows, VectorSet Queries)>();
        if (options.Text("--base") is { } file)
        {
            var queries = VectorFile.Read(options.Text("--queries") ?? file);
            sets.Add((Path.GetFileName(file), VectorFile.Read(file), new VectorSet(queries.Rows[..(Math.Min(batch, queries.Count) * queries.Dimensions)], queries.Dimensions)));
        }

        if (options.Integer("--rows", 1_000_000) is > 0 and var rows)
        {
            var d = options.Integer("--dimensions", 64);
            sets.Add(("generated", Generate(rows, d, stream: 0), Generate(batch, d, stream: 1)));
        }

        Console.WriteLine($"| set | n × d | metric | rows lie in | read, GB/s | search, GB/s | search / read | queries/s |{Environment.NewLine}|---|---|---|---|--:|--:|--:|--:|");
        foreach (var (name, vectors, queries) in sets)
        {
            Single(name, vectors, queries, options.Integer("--rounds", 21));
        }

        Console.WriteLine($"{Environment.NewLine}| set | n × d | metric | threads | peak, GFlop/s | cores had | search, GFlop/s | cores had | search / peak | queries/s |{Environment.NewLine}|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (name, vectors, queries) in sets)
        {
            foreach (var metric in Enum.GetValues<VectorMetric>())
            {
                for (var threads = 1; threads <= Environment.ProcessorCount; threads += Math.Max(1, Environment.ProcessorCount - 1))
                {
                    Batched(name, vectors, queries, metric, threads, options.Integer("--batch-rounds", 5));
                }
            }
        }
    }

    private static unsafe void Single(string name, VectorSet vectors, VectorSet queries, int rounds)
    {
        using var block = new NativeBlock(4L * vectors.Rows.Length);
        var huge = new MappedFloats((float*)block.Pointer, vectors.Rows.Length).Memory;
        vectors.Rows.CopyTo(huge);
        foreach (var (place, rows) in new[] { ("an array", vectors.Rows), ("huge pages", huge) })
        {
            foreach (var metric in Enum.GetValues<VectorMetric>())
            {
                using var index = new ExactIndex(rows, vectors.Dimensions, metric);
                Single($"{name} | {vectors.Count} × {vectors.Dimensions} | {metric} | {place}", index, rows, queries, rounds);
            }
        }
    }

    // The two take turns, so that a neighbour's load meets both.
    private static void Single(string title, ExactIndex index, ReadOnlyMemory<float> rows, VectorSet queries, int rounds)
    {
        var (plain, prefetching, searches) = (new List<double>(), new List<double>(), new List<double>());
        var (ids, scores) = (new int[K], new float[K]);
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            var read = ReadBandwidth.Measure(rows.Span);
            var start = Stopwatch.GetTimestamp();
            index.Search(queries[(round + WarmUpRounds) % queries.Count], ids, scores);
            var search = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (round >= 0)
            {
                plain.Add(read.Plain);
                prefetching.Add(read.Prefetching);
                searches.Add(search);
            }
        }

        var (best, seconds) = (Math.Min(Percentiles.Of(plain, 50), Percentiles.Of(prefetching, 50)), Percentiles.Of(searches, 50));
        var bytes = rows.Length * 4.0 / 1e9;
        Write($"| {title} | {bytes / best:F2} | {bytes / seconds:F2} | {best / seconds:P0} | {1 / seconds:F0} |");
    }

    // Peak and search lose alike when another program takes a core, which would flatter their ratio: hence "cores had".
    private static void Batched(string name, VectorSet vectors, VectorSet queries, VectorMetric metric, int threads, int rounds)
    {
        using var index = new ExactIndex(vectors.Rows, vectors.Dimensions, metric);
        var (ids, scores) = (new int[queries.Count * K], new float[queries.Count * K]);
        var (peaks, times, peakCores, searchCores) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var peak = 0.0;
            var (_, coresOfPeak) = Timed(() => peak = PeakFlops.Measure(threads, runs: 2));
            var (seconds, coresOfSearch) = Timed(() => index.SearchMany(queries.Rows, K, ids, scores, threads));
            if (round >= 0)
            {
                peaks.Add(peak);
                times.Add(seconds);
                peakCores.Add(coresOfPeak);
                searchCores.Add(coresOfSearch);
            }
        }

        var (best, time) = (Percentiles.Of(peaks, 50), Percentiles.Of(times, 50));
        var rate = 2.0 * queries.Count * vectors.Rows.Length / time / 1e9;
        Write($"| {name} | {vectors.Count} × {vectors.Dimensions} | {metric} | {threads} | {best:F0} | {Percentiles.Of(peakCores, 50):F1} | {rate:F0} | {Percentiles.Of(searchCores, 50):F1} | {rate / best:P0} | {queries.Count / time:F0} |");
    }

    private static (double Seconds, double Cores) Timed(Action action)
    {
        var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / seconds);
    }

    private static VectorSet Generate(int count, int dimensions, int stream)
    {
        var generator = new VectorSetGenerator(dimensions, seed: 1, stream);
        var rows = new float[count * dimensions];
        for (var row = 0; row < count; row++)
        {
            generator.Next(rows.AsSpan(row * dimensions, dimensions));
        }

        return new VectorSet(rows, dimensions);
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
