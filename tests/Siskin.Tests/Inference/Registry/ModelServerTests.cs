using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Tests.Inference.Registry;

public sealed class ModelServerTests
{
    [Fact]
    public async Task The_newest_version_answers_and_the_one_before_is_freed()
    {
        await using var models = new TestModels();
        Assert.Equal(1, await models.ImportAsync("10"));
        await models.Server.StartAsync();
        Assert.Equal(11, await models.AskAsync());
        Assert.Equal(2, await models.ImportAsync("20"));
        await models.Server.ScanAsync();
        Assert.Equal(21, await models.AskAsync());
        await FreedAsync(models, 1);
        var status = Assert.Single(models.Server.Versions("m"));
        Assert.Equal((2, ServableState.Available, null), (status.Version, status.State, status.Error));
    }

    [Fact]
    public async Task A_version_stays_until_the_last_request_that_holds_it_has_ended()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await models.Server.StartAsync();
        var held = models.Server.Acquire("m");
        await models.ImportAsync("20");
        await models.Server.ScanAsync();
        Assert.Equal(21, await models.AskAsync());
        Assert.Equal(11.0, (await held.Servable.RunAsync([Tensor.Of("x", [1.0], 1)], []))[0].Values<double>()[0]);
        Assert.Equal(2, models.Alive);
        held.Dispose();
        held.Dispose();
        await FreedAsync(models, 1);
    }

    [Theory]
    [InlineData("bad", "it is bad")]
    [InlineData("failing", "it fails")]
    public async Task A_version_that_cannot_be_used_leaves_the_one_before(string text, string reason)
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await models.Server.StartAsync();
        Assert.Equal(11, await models.AskAsync());
        Place(models, "2", text);
        await models.Server.ScanAsync();
        Assert.Equal(11, await models.AskAsync());
        var refused = models.Server.Versions("m")[0];
        Assert.Equal((2, ServableState.End), (refused.Version, refused.State));
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, models.Server.RefusedVersions);
        Assert.Contains(reason, Assert.Throws<ServableException>(() => models.Server.Acquire("m", 2)).Message, StringComparison.Ordinal);

        // Not tried again before its files change.
        await models.Server.ScanAsync();
        Assert.Equal(1, models.Server.RefusedVersions);
        Place(models, "2", "2000");
        await models.Server.ScanAsync();
        Assert.Equal(2001, await models.AskAsync());
        await FreedAsync(models, 1);
    }

    [Fact]
    public async Task Labels_and_policies_say_what_is_loaded()
    {
        await using var models = new TestModels();
        foreach (var text in new[] { "10", "20", "30", "40" })
        {
            await models.ImportAsync(text);
        }

        await models.Registry.PromoteAsync("m", 2);
        await models.Registry.PromoteAsync("m", 4, "canary");
        await models.Server.StartAsync();
        Assert.Equal([4, 2], models.Server.Versions("m").Select(version => version.Version));
        Assert.Equal(["stable"], models.Server.Versions("m")[1].Labels);
        Assert.Equal((41, 21, 41), (await models.AskAsync(), await models.AskAsync(label: "stable"), await models.AskAsync(label: "canary")));
        Assert.Equal(ServableError.NotFound, Assert.Throws<ServableException>(() => models.Server.Acquire("m", label: "x")).Error);
        await models.Registry.SetPolicyAsync("m", VersionPolicy.Specific(1, 3));
        await models.Server.ScanAsync();
        Assert.Equal([4, 3, 2, 1], models.Server.Versions("m").Select(version => version.Version));
        await models.Registry.SetPolicyAsync("m", VersionPolicy.Latest(2));
        await models.Registry.RemoveLabelAsync("m", "stable");
        await models.Server.ScanAsync();
        Assert.Equal([4, 3], models.Server.Versions("m").Select(version => version.Version));
    }

    [Fact]
    public async Task A_rollback_gives_the_label_back()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await models.ImportAsync("20");
        await models.ImportAsync("30");
        await Assert.ThrowsAsync<ServableException>(() => models.Registry.RollBackAsync("m").AsTask());
        await models.Registry.PromoteAsync("m", 1);
        await models.Registry.PromoteAsync("m", 2);
        await models.Registry.PromoteAsync("m", 3);
        var record = await models.Registry.ReadAsync("m");
        Assert.Equal(("archived", "archived", "production"), (record.StageOf(1), record.StageOf(2), record.StageOf(3)));
        Assert.Equal(2, await models.Registry.RollBackAsync("m"));
        await models.Server.StartAsync();
        Assert.Equal(21, await models.AskAsync(label: "stable"));
        Assert.Equal(1, await models.Registry.RollBackAsync("m"));
        await models.Server.ScanAsync();
        Assert.Equal(11, await models.AskAsync(label: "stable"));
        await Assert.ThrowsAsync<ServableException>(() => models.Registry.RollBackAsync("m").AsTask());
    }

    [Fact]
    public async Task A_new_version_runs_recent_requests_before_it_answers()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await models.Server.StartAsync();
        await models.AskAsync();
        await models.AskAsync();
        await models.ImportAsync("20");
        await models.Server.ScanAsync();
        Assert.Equal(2 * new ModelServerOptions().WarmUpRounds, models.Runs["20"]);
    }

    [Fact]
    public async Task An_unloaded_model_is_gone_until_it_is_loaded_again()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await models.Server.StartAsync();
        await models.Server.UnloadAsync("m");
        Assert.Throws<ServableException>(() => models.Server.Acquire("m"));
        await FreedAsync(models, 0);
        await models.Server.LoadAsync("m");
        Assert.Equal(11, await models.AskAsync());
        await Assert.ThrowsAsync<ServableException>(() => models.Server.LoadAsync("other"));
    }

    [Fact]
    public async Task Requests_beside_many_swaps_neither_fail_nor_see_a_freed_model()
    {
        await using var models = new TestModels();
        await models.ImportAsync("1");
        await models.Server.StartAsync();
        using var stop = new CancellationTokenSource();
        var asked = 0;
        using var begun = new CountdownEvent(2);
        var clients = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    Assert.InRange(models.AskAsync().GetAwaiter().GetResult(), 2, 100);
                    Interlocked.Increment(ref asked);
                    if (i == 0)
                    {
                        begun.Signal();
                    }
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        begun.Wait(TestContext.Current.CancellationToken);
        for (var version = 2; version <= 20; version++)
        {
            await models.ImportAsync($"{version}");
            await models.Server.ScanAsync();
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.True(asked > 20);
        await FreedAsync(models, 1);
    }

    [Fact]
    public async Task A_folder_of_another_programs_export_job_is_served_without_a_description()
    {
        await using var models = new TestModels();
        Place(models, "00000123", "5");
        await models.Server.StartAsync();
        Assert.Equal(6, await models.AskAsync(version: 123));
    }

    private static void Place(TestModels models, string version, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(models.Registry.Folder, "m", version)).FullName;
        File.WriteAllText(Path.Combine(folder, "value.txt"), text);
    }

    private static async Task FreedAsync(TestModels models, int alive)
    {
        for (var i = 0; i < 1000 && models.Alive != alive; i++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(alive, models.Alive);
    }
}
