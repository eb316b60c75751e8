using Siskin.Inference.Registry;
using Siskin.Vectors;

namespace Siskin.Tests.Inference.Registry;

public sealed class ModelRegistryTests
{
    [Fact]
    public async Task An_imported_version_has_checksums_and_lineage()
    {
        await using var models = new TestModels();
        var version = await models.Registry.ImportAsync("m", models.Source("10"), new ModelDescription { Source = "elsewhere", Parent = "m@0", Release = 3, FirstEventMs = 1, LastEventMs = 2, Metrics = new Dictionary<string, double> { ["auc"] = 0.75 } });
        var loaded = models.Loader.Load(models.Registry.PathOf("m", version));
        Assert.Equal(("test", "elsewhere", "m@0", 3), (loaded.Description.Kind, loaded.Description.Source, loaded.Description.Parent, loaded.Description.Release));
        Assert.Equal("value.txt", Assert.Single(loaded.Description.Files).Name);
        var record = (await models.Registry.ReadAsync("m")).Find(version)!;
        Assert.Equal((loaded.Hash, "test", 3, 0.75), (record.Hash, record.Kind, record.Release, record.Metrics["auc"]));
        Assert.Equal([1L, 2L], record.DataWindowMs);
        loaded.Servable.Dispose();
    }

    [Fact]
    public async Task What_cannot_be_used_is_not_imported()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await Assert.ThrowsAsync<ModelFormatException>(() => models.ImportAsync("bad").AsTask());
        var error = await Assert.ThrowsAsync<ServableException>(() => models.ImportAsync("20", version: 1).AsTask());
        Assert.Equal(ServableError.AlreadyExists, error.Error);
        await Assert.ThrowsAsync<ArgumentException>(() => models.ImportAsync("10", "../m").AsTask());
        Assert.Equal(["1"], Directory.GetFileSystemEntries(Path.Combine(models.Registry.Folder, "m")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("1", "truncated")]
    [InlineData("11", "damaged")]
    [InlineData(null, "missing")]
    public async Task A_file_that_is_not_the_one_described_is_refused(string? content, string reason)
    {
        await using var models = new TestModels();
        var folder = models.Registry.PathOf("m", await models.ImportAsync("10"));
        File.Delete(Path.Combine(folder, "value.txt"));
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(folder, "value.txt"), content);
        }

        var error = Assert.Throws<ModelFormatException>(() => models.Loader.Load(folder));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("value.txt", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ModelFormatException>(() => models.Registry.PromoteAsync("m", 1).AsTask());
        Assert.Empty((await models.Registry.ReadAsync("m")).Labels);
    }

    [Fact]
    public async Task A_trial_keeps_what_is_in_force_and_ends_by_promotion_or_without()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await models.ImportAsync("20");
        await models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 2, Shadow = 0.5, Rule = "overlap>=0.5" });
        var record = await models.Registry.ReadAsync("m");
        Assert.Equal((1, 2, ModelRollout.Running, 0.5), (record.Labels["stable"], record.Labels["canary"], record.Rollout!.State, record.Rollout.Shadow));

        Assert.False(await models.Registry.EndRolloutAsync("m", 1, isPromoted: true, "of another version"));
        Assert.True(await models.Registry.EndRolloutAsync("m", 2, isPromoted: false, "too slow"));
        Assert.False(await models.Registry.EndRolloutAsync("m", 2, isPromoted: true, "ended already"));
        record = await models.Registry.ReadAsync("m");
        Assert.Equal((1, false, ModelRollout.Stopped, "too slow"), (record.Labels["stable"], record.Labels.ContainsKey("canary"), record.Rollout!.State, record.Rollout.Reason));

        await models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 2, Canary = 0.1 });
        Assert.True(await models.Registry.EndRolloutAsync("m", 2, isPromoted: true, "as good"));
        record = await models.Registry.ReadAsync("m");
        Assert.Equal((2, ModelRollout.Promoted), (record.Labels["stable"], record.Rollout!.State));
        Assert.Equal(1, await models.Registry.RollBackAsync("m"));
    }

    [Fact]
    public async Task A_trial_needs_a_share_a_rule_that_can_be_read_and_another_version()
    {
        await using var models = new TestModels();
        await models.ImportAsync("10");
        await Assert.ThrowsAsync<ServableException>(() => models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 1, Shadow = 1 }).AsTask());
        await models.ImportAsync("20");
        await Assert.ThrowsAsync<ArgumentException>(() => models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 2 }).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 2, Shadow = 1.5 }).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 2, Shadow = 1, Rule = "better" }).AsTask());
        await Assert.ThrowsAsync<ServableException>(() => models.Registry.StartRolloutAsync("m", new ModelRollout { Version = 3, Shadow = 1 }).AsTask());
        Assert.Null((await models.Registry.ReadAsync("m")).Rollout);
    }

    [Fact]
    public async Task What_a_trial_measured_is_kept()
    {
        await using var models = new TestModels();
        Assert.Null(await models.Registry.ReadComparisonAsync("m"));
        await models.Registry.WriteComparisonAsync("m", new Siskin.Models.Evaluation.ScorerComparisonReport { Base = "m@1", Candidate = "m@2", Requests = 5 });
        await models.Registry.WriteComparisonAsync("m", new Siskin.Models.Evaluation.ScorerComparisonReport { Base = "m@1", Candidate = "m@2", Requests = 7, Overlap = 0.5 });
        var report = await models.Registry.ReadComparisonAsync("m");
        Assert.Equal(("m@2", 7, 0.5), (report!.Candidate, report.Requests, report.Overlap));
    }

    [Fact]
    public async Task A_description_that_is_not_of_its_form_is_refused()
    {
        await using var models = new TestModels();
        var folder = models.Registry.PathOf("m", await models.ImportAsync("10"));
        foreach (var text in new[] { "{", "[]", "null", """{"format": 2}""", """{"format": 1, "kind": "unheard-of"}""", """{"what": 1}""" })
        {
            File.WriteAllText(Path.Combine(folder, "model.json"), text);
            Assert.StartsWith(folder, Assert.Throws<ModelFormatException>(() => models.Loader.Load(folder)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("latest:1", "5")]
    [InlineData("latest:2", "4 5")]
    [InlineData("all", "1 2 4 5")]
    [InlineData("specific:1,3,4", "1 4")]
    public void Policies_choose_versions(string policy, string chosen)
    {
        Assert.Equal(chosen, string.Join(' ', VersionPolicy.Parse(policy).Choose([1, 2, 4, 5])));
        Assert.Equal(policy, VersionPolicy.Parse(policy).ToString());
    }

    [Theory]
    [InlineData("latest:0")]
    [InlineData("newest")]
    [InlineData("specific:")]
    [InlineData("specific:a")]
    [InlineData("")]
    public void Other_policies_are_refused(string policy) => Assert.Throws<FormatException>(() => VersionPolicy.Parse(policy));
}
