using System.Text.Json;
using Siskin.Cli.Commands;
using Siskin.Cli.Homes;
using Siskin.Serving.Releases;
using Siskin.Tests.Serving;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Cli;

public sealed class ReleaseCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ReleaseStore _store;

    public ReleaseCommandTests()
    {
        _store = new SiskinHome(_folder.File("home")).Releases;
        for (var i = 0; i < 4; i++)
        {
            var release = SmallRelease.WithItems(2).Build();
            _store.Write(release.With(release.Manifest with { Metrics = new Dictionary<string, double> { ["ndcg@10"] = 0.125 } }, null, null, null), held: i == 3);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task List_shows_what_is_active_and_what_waits()
    {
        var table = await RunAsync("list");
        Assert.Equal(0, table.Code);
        Assert.Contains("ndcg@10 0.125", table.Output, StringComparison.Ordinal);
        Assert.Contains("waits for its gate", table.Output, StringComparison.Ordinal);

        await RunAsync("activate", "1");
        File.Delete(Path.Combine(_store.PathOf(2), "manifest.json"));
        var releases = JsonDocument.Parse((await RunAsync("list", "--json")).Output).RootElement.EnumerateArray().ToArray();
        Assert.Equal([4, 3, 2, 1], releases.Select(r => r.GetProperty("number").GetInt32()));
        Assert.Equal("held", releases[0].GetProperty("gate").GetString());
        Assert.True(releases[1].GetProperty("isPrevious").GetBoolean());
        Assert.Contains("missing", releases[2].GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.True(releases[3].GetProperty("isActive").GetBoolean() && releases[3].GetProperty("isPinned").GetBoolean());
        Assert.True(releases[3].GetProperty("bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task Activate_rollback_and_newest_change_the_pin()
    {
        Assert.Contains("before, it was release 3", (await RunAsync("activate", "2")).Output, StringComparison.Ordinal);
        Assert.Contains("Release 3 is active and pinned", (await RunAsync("rollback")).Output, StringComparison.Ordinal);
        Assert.Equal(new ReleaseChoice(3, 2, true), _store.Choose());
        Assert.Contains("now 3", (await RunAsync("activate", "--newest")).Output, StringComparison.Ordinal);
        Assert.False(_store.Choose().IsPinned);
    }

    [Fact]
    public async Task Mistakes_are_told()
    {
        Assert.Equal(2, (await RunAsync("activate")).Code);
        Assert.Equal(2, (await RunAsync("activate", "1", "--newest")).Code);
        Assert.Contains("there is no release 9", (await RunAsync("activate", "9")).Error, StringComparison.Ordinal);
        Assert.Contains("no releases", (await CliRun.OfAsync("release", "list", "--home", _folder.File("nowhere"))).Error, StringComparison.Ordinal);
        Assert.Null(_store.ReadPin());
    }

    [Fact]
    public async Task Push_prune_and_pull_move_releases()
    {
        var shared = _folder.File("shared");
        Assert.Contains("Releases 1, 2, 3 copied", (await RunAsync("push", shared)).Output, StringComparison.Ordinal);
        Assert.Contains("Nothing copied", (await RunAsync("push", shared)).Output, StringComparison.Ordinal);
        Assert.Contains("Release 1 deleted", (await RunAsync("prune", "--keep", "1")).Output, StringComparison.Ordinal);
        Assert.Equal([2, 3, 4], _store.List());
        Assert.Contains("Nothing copied", (await RunAsync("pull", shared, "--newest")).Output, StringComparison.Ordinal);
        Assert.Contains("Release 1 copied", (await RunAsync("pull", shared)).Output, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], _store.List());
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30m", 1800)]
    [InlineData("6h", 21600)]
    [InlineData("1d", 86400)]
    public void An_interval_is_read(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), ServeCommand.IntervalOf(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("6")]
    [InlineData("6w")]
    [InlineData("41d")]
    [InlineData("1.5h")]
    public async Task What_is_no_interval_is_refused(string text)
    {
        Assert.Null(ServeCommand.IntervalOf(text));
        Assert.Equal(2, (await CliRun.OfAsync("serve", "--retrain-every", text)).Code);
    }

    [Fact]
    public async Task What_is_no_gate_is_refused() => Assert.Contains("--gate", (await CliRun.OfAsync("serve", "--gate", "good")).Error, StringComparison.Ordinal);

    private Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(["release", .. args, "--home", _folder.File("home")]);
}
