using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Siskin.Serving.Releases;
using Siskin.Storage.Sqlite;
using Siskin.SystemTests.Processes;

namespace Siskin.SystemTests.Durability;

/// <summary>A command that is killed leaves a home that works.</summary>
public sealed class InterruptedCommandTests : IDisposable
{
    private const string World = "synthetic:users=400,items=300,events=20000,seed=5";

    private static readonly string[] Training = ["--tune", "none", "--dimensions", "8", "--epochs", "2"];

    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task An_import_that_was_killed_can_be_repeated_and_brings_everything_once()
    {
        // Killed at three moments: before the first event, with the first ones stored, and with about half of them.
        foreach (var bytes in new[] { 0L, 1, 800_000 })
        {
            using var import = SiskinProgram.Start("import", World, "--home", _home.Directory);
            while (!import.HasExited && (File.Exists(Path.Combine(_home.Directory, "catalogue.db")) ? EventBytes() : -1) < bytes)
            {
                await Task.Delay(1);
            }

            import.Kill();
            await import.WaitForExitAsync();
        }

        var repeated = await SiskinProgram.RunAsync("import", World, "--home", _home.Directory);
        Assert.True(repeated.ExitCode == 0, repeated.ToString());
        Assert.Contains("300 items, 400 users", repeated.Output, StringComparison.Ordinal);

        var ids = (await _home.ReadEventsAsync()).SelectMany(b => b.Events.Select(e => e.Id)).ToList();
        Assert.Equal(20_000, ids.Count);
        Assert.Equal(20_000, ids.Distinct(StringComparer.Ordinal).Count());
        await using var catalogue = SqliteCatalogue.Open(Path.Combine(_home.Directory, "catalogue.db"));
        Assert.Equal(300, (await catalogue.ListItemsAsync(null, 1_000)).Values.Count);
        Assert.Equal(400, (await catalogue.ListUsersAsync(null, 1_000)).Values.Count);
    }

    [Fact]
    public async Task A_training_that_was_killed_leaves_no_half_release()
    {
        var import = await SiskinProgram.RunAsync("import", World, "--home", _home.Directory);
        Assert.True(import.ExitCode == 0, import.ToString());
        var first = await SiskinProgram.RunAsync(["train", "--home", _home.Directory, .. Training]);
        Assert.True(first.ExitCode == 0, first.ToString());

        var releases = new ReleaseStore(_home.Releases);
        foreach (var killWhenWriting in new[] { false, true, true, true })
        {
            var known = CountUnfinished();
            using var train = SiskinProgram.Start(["train", "--home", _home.Directory, .. Training]);
            var started = Stopwatch.GetTimestamp();
            while (!train.HasExited && !(killWhenWriting ? CountUnfinished() > known : Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(0.7)))
            {
                await Task.Delay(1);
            }

            train.Kill();
            await train.WaitForExitAsync();
            Assert.All(releases.List(), number => releases.Read(number));
        }

        var newest = releases.Newest;
        await using var server = await ServerProcess.StartAsync(_home.Directory);
        Assert.Equal(newest, await ReleaseOf(server));

        // A server that runs takes up the release of a training that comes to its end.
        var last = await SiskinProgram.RunAsync(["train", "--home", _home.Directory, .. Training]);
        Assert.True(last.ExitCode == 0, last.ToString());
        Assert.Contains($"Release {newest + 1} ", last.Output, StringComparison.Ordinal);
        for (var wait = 0; wait < 300 && await ReleaseOf(server) == newest; wait++)
        {
            await Task.Delay(100);
        }

        Assert.Equal(newest + 1, await ReleaseOf(server));
    }

    public void Dispose() => _home.Dispose();

    private static async Task<int> ReleaseOf(ServerProcess server) =>
        (await server.Client.GetFromJsonAsync<JsonElement>("/health/ready")).GetProperty("release").GetInt32();

    private long EventBytes() => Directory.Exists(_home.Events)
        ? new DirectoryInfo(_home.Events).EnumerateFiles().Sum(f => f.Length)
        : 0;

    private int CountUnfinished() => Directory.GetDirectories(_home.Releases, ".unfinished-*").Length;
}
