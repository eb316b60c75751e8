using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Siskin.Benchmarks.Serving;
using Siskin.SystemTests.Processes;

namespace Siskin.Benchmarks.Ingest;

/// <summary>Events a second into a server process, each batch durable before it is acknowledged.</summary>
/// <remarks>
/// The client runs in this process and shares the cores with the server. Without <c>--url</c> a server is started on a
/// new home with the items and users of the synthetic world, and all of it is verified at the end.
/// </remarks>
internal static class IngestConsole
{
    private const int Parts = 10;

    public static async Task RunAsync(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--events", "--batch", "--connections", "--url");
        var (events, batch, connections) = (options.Integer("--events", 500_000), options.Integer("--batch", 100), options.Integer("--connections", 4));
        if (options.Text("--url") is { } url)
        {
            using var client = new HttpClient { BaseAddress = new Uri(url) };
            await MeasureAsync(client, events, batch, connections, processId: null);
            return;
        }

        using var home = new TemporaryHome();
        await BenchmarkHome.ImportAsync(home, "synthetic:users=5000,items=2000,events=0");
        await using (var server = await ServerProcess.StartAsync(home.Directory))
        {
            await MeasureAsync(server.Client, events, batch, connections, server.ProcessId);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on disk: {new DirectoryInfo(home.Events).EnumerateFiles().Sum(f => f.Length) / 1048576.0:F1} MiB of event log"));
            await server.StopAsync();
        }

        // One set of ids: what is stored twice would be counted once.
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var stored = 0L;
        foreach (var read in await home.ReadEventsAsync())
        {
            stored += read.Events.Count;
            ids.UnionWith(read.Events.Select(e => e.Id));
        }

        Console.WriteLine($"verified: {stored:N0} events in the log, {ids.Count:N0} different ids, {events:N0} posted{(stored == events && ids.Count == events ? string.Empty : ": WRONG")}");
        var restart = Stopwatch.GetTimestamp();
        await using var again = await ServerProcess.StartAsync(home.Directory);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restart: ready after {Stopwatch.GetElapsedTime(restart).TotalSeconds:F1} s, RSS {BenchmarkHome.ResidentMiB(again.ProcessId):F0} MiB"));
    }

    private static async Task MeasureAsync(HttpClient client, int events, int batch, int connections, int? processId)
    {
        var users = await BenchmarkHome.IdsAsync(client, "users");
        var items = await BenchmarkHome.IdsAsync(client, "items");
        Console.WriteLine($"{events:N0} events in batches of {batch} over {connections} connections; {users.Length:N0} users, {items.Length:N0} items, {Environment.ProcessorCount} processors, client and server on one machine");
        Console.WriteLine($"{"events",12}{"events/s",12}{"p50 ms",10}{"p99 ms",10}{"RSS MiB",10}");
        List<double> all = [];
        var begun = Stopwatch.GetTimestamp();
        for (var part = 0; part < Parts; part++)
        {
            var (from, to) = ((long)events * part / Parts, (long)events * (part + 1) / Parts);
            var started = Stopwatch.GetTimestamp();
            var times = await PostAsync(client, users, items, from, to, batch, connections);
            var rate = (to - from) / Stopwatch.GetElapsedTime(started).TotalSeconds;
            all.AddRange(times);
            Print(to, rate, times, processId);
        }

        Print(events, events / Stopwatch.GetElapsedTime(begun).TotalSeconds, all, processId);
    }

    private static void Print(long events, double rate, List<double> times, int? processId)
    {
        var memory = processId is { } id ? BenchmarkHome.ResidentMiB(id).ToString("F0", CultureInfo.InvariantCulture) : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events,12:N0}{rate,12:N0}{Percentiles.Of(times, 50),10:F2}{Percentiles.Of(times, 99),10:F2}{memory,10}"));
    }

    /// <summary>Posts events FROM to TO − 1, each connection one batch at a time.</summary>
    /// <returns>Milliseconds of each post.</returns>
    private static async Task<List<double>> PostAsync(HttpClient client, string[] users, string[] items, long from, long to, int batch, int connections)
    {
        var next = from - batch;
        var runs = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            var writer = new EventBatchWriter(users, items, (int)from + connection);
            var times = new List<double>();
            for (long first; (first = Interlocked.Add(ref next, batch)) < to;)
            {
                var count = (int)Math.Min(batch, to - first);
                using var content = new ReadOnlyMemoryContent(writer.Write(first, count));
                content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                var started = Stopwatch.GetTimestamp();
                using var response = await client.PostAsync("/v1/events", content);
                var answer = JsonElement.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                if (answer.GetProperty("accepted").GetInt32() != count)
                {
                    throw new InvalidOperationException($"A batch of {count} was answered with {answer}; a server that has these ids already measures nothing.");
                }
            }

            return times;
        })));
        return [.. runs.SelectMany(times => times)];
    }
}
