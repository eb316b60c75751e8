using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Siskin.Serving.Releases;
using Siskin.SystemTests.Processes;

namespace Siskin.Benchmarks.Serving;

/// <summary>What changing the release costs requests: latencies with many changes and without, in one run of one server.</summary>
/// <remarks>
/// A server process on a home with three releases that can be told apart, asked by a process of its own at a fixed rate,
/// a share of what both reach together. The pin goes round the three, so that every change reads a release: the one before is
/// always in memory, the one after never. Half of the time without changes lies before those with, half after.
/// </remarks>
internal static class HotSwapConsole
{
    public static async Task RunAsync(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--reloads", "--seconds", "--load", "--connections", "--dataset", "--dimensions", "--home");
        var (reloads, seconds, load) = (options.Integer("--reloads", 100), options.Integer("--seconds", 300), options.Integer("--load", 30));
        var connections = options.Integer("--connections", 16);
        var dataset = options.Text("--dataset") ?? "synthetic:users=60000,items=30000,events=1200000";
        using var temporary = options.Text("--home") is null ? new TemporaryHome() : null;
        var home = options.Text("--home") ?? temporary!.Directory;
        var store = new ReleaseStore(Path.Combine(home, "releases"));
        if (store.Newest == 0)
        {
            await BenchmarkHome.RunAsync("import", dataset, "--home", home);
            await BenchmarkHome.RunAsync("train", "--home", home, "--tune", "none", "--epochs", "4", "--dimensions", options.Text("--dimensions") ?? "128");
        }

        var releases = HotSwapReleases.Write(store);
        store.Activate(releases[0]);
        await using var server = await ServerProcess.StartAsync(home, "--clock", "data");
        var megabytes = store.ReadManifest(releases[0]).Files.Sum(file => file.Bytes) / 1048576.0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{dataset}; releases of {megabytes:F0} MiB; {Environment.ProcessorCount} processors, client and server on one machine"));
        Task<HotSwapResult> AskAsync(int rate, int time, int seed) => ClientAsync(server.Client.BaseAddress!.Port, home, rate, time, rate == 0 ? 4 : connections, seed);

        // Compiles the server's code paths, then measures what it can do.
        await AskAsync(0, 15, 1);
        var capacity = (await AskAsync(0, 10, 2)).PerSecond;
        var rate = (int)(capacity * load / 100);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{capacity:N0} requests/s in a closed loop of 4; {rate:N0}/s are asked ({load} %), over {connections} connections"));

        // One change before anything is counted: the first compiles what changes run.
        await ChangeAsync(server.Client, store, releases[1]);
        await Task.Delay(2_000);
        var first = await MeasuredAsync("without", server, () => AskAsync(rate, seconds / 2, 3));
        List<double> times = [];
        var with = await MeasuredAsync("with", server, async () =>
        {
            var asking = AskAsync(rate, seconds, 4);
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < reloads; i++)
            {
                // The client takes a moment to begin, and warms up.
                var wait = TimeSpan.FromSeconds(HotSwapClient.WarmUpSeconds + 1 + ((seconds - 2.0) * i / reloads)) - Stopwatch.GetElapsedTime(begun);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
                times.Add(await ChangeAsync(server.Client, store, releases[(i + 2) % releases.Length]));
            }

            return await asking;
        });
        var without = first.Add(await MeasuredAsync("without", server, () => AskAsync(rate, seconds - (seconds / 2), 5)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count} changes, from the pin to the answer by the new release: median {Percentiles.Of(times, 50):F2} s, longest {times.Max():F2} s"));
        Console.WriteLine($"{"",-10}{"requests",10}{"p50 ms",10}{"p99 ms",10}{"p99.9 ms",10}{"max ms",10}{"failed",8}{"mixed",8}{"degraded",10}  answers by release");
        var a = Print("without", without);
        var b = Print("with", with);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio: p50 {b[0] / a[0]:F2}, p99 {b[1] / a[1]:F2}, p99.9 {b[2] / a[2]:F2}"));
    }

    private static double[] Print(string name, HotSwapResult result)
    {
        List<double> ms = [.. result.Microseconds.Select(us => us / 1000.0)];
        double[] percentiles = [Percentiles.Of(ms, 50), Percentiles.Of(ms, 99), Percentiles.Of(ms, 99.9), ms.Max()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10}{result.Requests,10:N0}{percentiles[0],10:F2}{percentiles[1],10:F2}{percentiles[2],10:F2}{percentiles[3],10:F2}{result.Failures,8:N0}{result.Mixed,8:N0}{result.Degraded,10:N0}  {string.Join(", ", result.Releases.Select(r => $"{r.Key}: {r.Value:N0}"))}{(result.FirstFailure is { } failure ? $"; first failure: {failure}" : "")}"));
        return percentiles;
    }

    /// <summary>Runs a part, and says what it cost the server.</summary>
    private static async Task<HotSwapResult> MeasuredAsync(string name, ServerProcess server, Func<Task<HotSwapResult>> part)
    {
        var before = await MetricsAsync(server.Client);
        var result = await part();
        var after = await MetricsAsync(server.Client);
        double Grown(string metric) => after[metric] - before[metric];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: server {Grown("process_cpu_seconds_total"):F1} s of processor time; collections of generation 0, 1, 2: {Grown("dotnet_gc_collections_total{generation=\"0\"}"):F0}, {Grown("dotnet_gc_collections_total{generation=\"1\"}"):F0}, {Grown("dotnet_gc_collections_total{generation=\"2\"}"):F0}; standing still {Grown("dotnet_gc_pause_seconds_total") * 1000:F0} ms; RSS {BenchmarkHome.ResidentMiB(server.ProcessId):F0} MiB"));
        return result;
    }

    private static async Task<Dictionary<string, double>> MetricsAsync(HttpClient client) =>
        (await client.GetStringAsync("/metrics")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => double.Parse(words[^1], CultureInfo.InvariantCulture));

    /// <summary>Changes the pin, and waits for the server to follow.</summary>
    /// <returns>Seconds.</returns>
    private static async Task<double> ChangeAsync(HttpClient client, ReleaseStore store, int release)
    {
        var begun = Stopwatch.GetTimestamp();
        store.Activate(release, verify: false);
        while (JsonElement.Parse(await client.GetByteArrayAsync("/health/ready")).GetProperty("release").GetInt32() != release)
        {
            await Task.Delay(50);
            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMinutes(1))
            {
                throw new InvalidOperationException($"Release {release} was not taken up.");
            }
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task<HotSwapResult> ClientAsync(int port, string home, int rate, int seconds, int connections, int seed)
    {
        string[] arguments =
        [
            typeof(HotSwapConsole).Assembly.Location, "hot-swap-client", "--home", home,
            .. new[] { ("--port", port), ("--rate", rate), ("--seconds", seconds), ("--connections", connections), ("--seed", seed) }.SelectMany(o => new[] { o.Item1, o.Item2.ToString(CultureInfo.InvariantCulture) }),
        ];
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<HotSwapResult>(output)!
            : throw new InvalidOperationException($"The client ended with {process.ExitCode}: {output}");
    }
}
