using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Siskin.SystemTests.Processes;

namespace Siskin.Benchmarks.Serving;

/// <summary>Recommendations a second from a server process, in a closed loop: each connection asks again when it is answered.</summary>
/// <remarks>The client runs in this process and shares the cores with the server. Users are drawn by Zipf's law.</remarks>
internal static class ServeLoadConsole
{
    private const int ExplainedRequests = 500;

    public static async Task RunAsync(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--requests", "--connections", "--dataset");
        var (requests, connections) = (options.Integer("--requests", 20_000), options.Integer("--connections", 4));
        var dataset = options.Text("--dataset") ?? "synthetic:users=5000,items=2000,events=300000";
        using var home = new TemporaryHome();
        await BenchmarkHome.ImportAsync(home, dataset);
        await BenchmarkHome.TrainAsync(home);
        await using var server = await ServerProcess.StartAsync(home.Directory, "--clock", "data");
        var users = await BenchmarkHome.IdsAsync(server.Client, "users");
        Console.WriteLine($"{dataset}; {requests:N0} requests over {connections} connections, {Environment.ProcessorCount} processors, client and server on one machine");

        // Compiles the server's code paths; not counted.
        await AskAsync(server.Client, users, requests / 4, connections, seed: 1);
        var started = Stopwatch.GetTimestamp();
        var (times, degraded) = await AskAsync(server.Client, users, requests, connections, seed: 2);
        var rate = times.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rate:N0} requests/s; p50 {Percentiles.Of(times, 50):F2} ms, p95 {Percentiles.Of(times, 95):F2} ms, p99 {Percentiles.Of(times, 99):F2} ms; {degraded:N0} degraded; RSS {BenchmarkHome.ResidentMiB(server.ProcessId):F0} MiB"));
        await PrintStagesAsync(server.Client, users);
    }

    private static async Task<(List<double> Times, int Degraded)> AskAsync(HttpClient client, string[] users, int requests, int connections, int seed)
    {
        var left = requests;
        var degraded = 0;
        var runs = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(async () =>
        {
            var random = new Random((seed * 1_000) + connection);
            var zipf = new ZipfSampler(users.Length, 1);
            var times = new List<double>();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var path = $"/v1/recommend/home?user={Uri.EscapeDataString(users[zipf.Next(random)])}&count=20";
                var begun = Stopwatch.GetTimestamp();
                var body = await client.GetByteArrayAsync(path);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);

                // Sought as text: parsing every answer here would take the server's time.
                if (body.AsSpan().IndexOf("\"source\":"u8) >= 0)
                {
                    Interlocked.Increment(ref degraded);
                }
            }

            return times;
        })));
        return ([.. runs.SelectMany(times => times)], degraded);
    }

    private static async Task PrintStagesAsync(HttpClient client, string[] users)
    {
        var random = new Random(3);
        var zipf = new ZipfSampler(users.Length, 1);
        var stages = new Dictionary<string, List<double>> { ["total"] = [] };
        for (var i = 0; i < ExplainedRequests; i++)
        {
            var answer = JsonElement.Parse(await client.GetByteArrayAsync($"/v1/recommend/home?user={Uri.EscapeDataString(users[zipf.Next(random)])}&count=20&explain=true"));
            stages["total"].Add(answer.GetProperty("milliseconds").GetDouble());
            foreach (var stage in answer.GetProperty("trace").GetProperty("stages").EnumerateArray())
            {
                var name = stage.GetProperty("name").GetString()!;
                if (!stages.TryGetValue(name, out var times))
                {
                    stages[name] = times = [];
                }

                times.Add(stage.GetProperty("milliseconds").GetDouble());
            }
        }

        var medians = stages.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {Percentiles.Of(stage.Value, 50):F3}"));
        Console.WriteLine($"median ms by the server's own clock, {ExplainedRequests} explained requests one at a time: {string.Join(", ", medians)}");
    }
}
