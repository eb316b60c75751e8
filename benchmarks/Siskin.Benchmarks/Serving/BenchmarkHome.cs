using System.Globalization;
using System.Text.Json;
using Siskin.SystemTests.Processes;

namespace Siskin.Benchmarks.Serving;

/// <summary>Prepares homes for measuring, and looks at the server that runs on one.</summary>
internal static class BenchmarkHome
{
    public static Task ImportAsync(TemporaryHome home, string dataset) => RunAsync("import", dataset, "--home", home.Directory);

    public static Task TrainAsync(TemporaryHome home) => RunAsync("train", "--home", home.Directory);

    /// <summary>Ids of all items or users that a server knows.</summary>
    public static async Task<string[]> IdsAsync(HttpClient client, string kind)
    {
        List<string> ids = [];
        string? cursor = null;
        do
        {
            var page = JsonElement.Parse(await client.GetByteArrayAsync($"/v1/{kind}?limit=1000{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}"));
            ids.AddRange(page.GetProperty(kind).EnumerateArray().Select(value => value.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return [.. ids];
    }

    /// <summary>Memory of a process that is in use now, in MiB; NaN where the system does not tell.</summary>
    public static double ResidentMiB(int processId)
    {
        var path = $"/proc/{processId}/status";
        var line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)) : null;
        return line is null ? double.NaN : double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public static async Task RunAsync(params string[] arguments)
    {
        var result = await SiskinProgram.RunAsync(arguments);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"siskin {string.Join(' ', arguments)}: {result}");
        }
    }
}
