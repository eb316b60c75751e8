using System.Text.Json;
using Siskin.Serving.Releases;
using Siskin.SystemTests.Processes;

namespace Siskin.SystemTests.Serving;

/// <summary>A server process that trains anew, and changes its release.</summary>
public sealed class ReleaseTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_server_trains_in_a_child_and_takes_up_only_what_passes_and_follows_the_pin()
    {
        using var home = new TemporaryHome();
        Assert.Equal(0, (await SiskinProgram.RunAsync("import", "synthetic:users=200,items=100,events=5000,days=30", "--home", home.Directory)).ExitCode);
        Assert.Equal(0, (await SiskinProgram.RunAsync("train", "--home", home.Directory, "--tune", "none", "--dimensions", "8", "--epochs", "2")).ExitCode);
        var store = new ReleaseStore(home.Releases);
        Assert.True(store.ReadManifest(1).Metrics["ndcg@10"] > 0);

        await using (var server = await ServerProcess.StartAsync(home.Directory, "--retrain-every", "2s", "--retrain-options", "--tune none --dimensions 8 --epochs 2", "--gate", "ndcg@10>=0.5*active"))
        {
            await UntilAsync(async () => await ReleaseOfAsync(server) >= 2, () => server.Output);
            Assert.Contains("passed the gate", server.Output, StringComparison.Ordinal);
            Assert.Equal(0, await server.StopAsync());
        }

        var newest = store.Newest;
        await using (var strict = await ServerProcess.StartAsync(home.Directory, "--retrain-every", "2s", "--retrain-options", "--tune none --dimensions 8 --epochs 2 --keep 100", "--gate", "ndcg@10>=9*active"))
        {
            await UntilAsync(() => Task.FromResult(strict.Output.Contains("failed the gate", StringComparison.Ordinal)), () => strict.Output);
            Assert.True(await ReleaseOfAsync(strict) <= newest);
            Assert.Equal(GateState.Refused, store.ReadGate(store.List().First(n => store.ReadGate(n) is { State: GateState.Refused }))!.State);

            var before = await ReleaseOfAsync(strict);
            var older = store.List().First(n => n != before && store.IsOpen(n));
            Assert.Equal(0, (await SiskinProgram.RunAsync("release", "activate", older.ToString(System.Globalization.CultureInfo.InvariantCulture), "--home", home.Directory)).ExitCode);
            await UntilAsync(async () => await ReleaseOfAsync(strict) == older, () => strict.Output);
            Assert.Equal(0, (await SiskinProgram.RunAsync("release", "rollback", "--home", home.Directory)).ExitCode);
            await UntilAsync(async () => await ReleaseOfAsync(strict) == before, () => strict.Output);
            Assert.Equal(0, await strict.StopAsync());
        }

        // The child ended with the server: nothing half-written is left.
        Assert.Empty(Directory.GetDirectories(store.Directory, ".unfinished-*"));
    }

    [Fact]
    public async Task A_training_that_fails_leaves_the_server_as_it_is()
    {
        using var home = new TemporaryHome();
        Assert.Equal(0, (await SiskinProgram.RunAsync("import", "synthetic:users=60,items=60,events=500,days=30", "--home", home.Directory)).ExitCode);
        Assert.Equal(0, (await SiskinProgram.RunAsync("train", "--home", home.Directory, "--tune", "none", "--dimensions", "8", "--epochs", "2")).ExitCode);
        await using var server = await ServerProcess.StartAsync(home.Directory, "--retrain-every", "1s", "--retrain-options", "--no-such-option");
        await UntilAsync(() => Task.FromResult(server.Output.Contains("failed with exit code 2", StringComparison.Ordinal)), () => server.Output);
        Assert.Equal(1, await ReleaseOfAsync(server));
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task<int> ReleaseOfAsync(ServerProcess server) =>
        JsonElement.Parse(await server.Client.GetByteArrayAsync("/health/ready")).GetProperty("release").GetInt32();

    private static async Task UntilAsync(Func<Task<bool>> holds, Func<string> account)
    {
        var end = DateTime.UtcNow + Bound;
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, account());
            await Task.Delay(100);
        }
    }
}
