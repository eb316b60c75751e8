using System.Text.Json;
using Siskin.Cli.Homes;
using Siskin.Data.Catalogue;
using Siskin.Data.Datasets.Synthetic;
using Siskin.Data.Events;

namespace Siskin.Tests.Cli;

public sealed class TrainedHomeTests(TrainedHome home) : IClassFixture<TrainedHome>
{
    [Fact]
    public void Import_says_what_was_written()
    {
        Assert.Equal((0, true), (home.Import.Code, home.Import.Output.StartsWith("100 items, 200 users, 5,000 events (0 were there already), 0 bad rows", StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', home.Import.Output + home.Import.Error);
    }

    [Fact]
    public void Train_says_what_the_release_has_learned_from()
    {
        Assert.Equal(0, home.Train.Code);
        Assert.StartsWith("Release 1 in ", home.Train.Output, StringComparison.Ordinal);
        Assert.Contains("5,000 events, 100 items", home.Train.Output, StringComparison.Ordinal);
        Assert.Contains("als.dimensions 8", home.Train.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_home_remembers_which_world_it_was_made_from()
    {
        var import = Assert.Single(new SiskinHome(home.Path).ReadDescription().Imports);

        Assert.Equal(TrainedHome.World, import.Specification);
        Assert.Equal(new SyntheticWorldOptions { Users = 200, Items = 100, Events = 5000, Days = 30 }, import.Synthetic);
    }

    [Fact]
    public async Task Evaluate_prints_every_recommender_and_the_oracle_as_a_table()
    {
        var run = await CliRun.OfAsync("evaluate", "--home", home.Path, "--tune", "none", "--dimensions", "8", "--epochs", "4", "--split", "per-user");

        Assert.Equal(0, run.Code);
        foreach (var text in new[] { "popularity", "item-CF", "iALS", "pipeline before diversity", "oracle", "NDCG@20", "Gini@10", "exclusive hits", "full ranking of 100 items" })
        {
            Assert.Contains(text, run.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Evaluate_prints_one_JSON_document_for_programs()
    {
        var run = await CliRun.OfAsync("evaluate", "--home", home.Path, "--tune", "none", "--dimensions", "8", "--epochs", "4", "--split", "global", "--k", "5,3", "--no-pipeline", "--json");

        Assert.Equal(0, run.Code);
        using var document = JsonDocument.Parse(run.Output);
        var report = document.RootElement.GetProperty("reports")[0];
        Assert.Equal("global", report.GetProperty("split").GetString());
        Assert.Equal(["popularity", "item-CF", "item-CF damped", "iALS", "oracle"], report.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        var at = report.GetProperty("rows")[0].GetProperty("at");
        Assert.Equal([3, 5], at.EnumerateArray().Select(entry => entry.GetProperty("k").GetInt32()));
        Assert.Equal(
            ["coverage", "gini", "hitRate", "k", "map", "mrr", "ndcg", "precision", "recall"],
            at[0].EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.True(report.GetProperty("seconds").GetDouble() > 0);
        Assert.Equal("8", report.GetProperty("settings").GetProperty("als.dimensions").GetString());
    }

    [Fact]
    public async Task A_home_has_no_test_part_of_its_own()
    {
        var run = await CliRun.OfAsync("evaluate", "--home", home.Path, "--split", "own");

        Assert.Equal(2, run.Code);
        Assert.Contains("no test part", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recommend_shows_history_titles_and_reasons()
    {
        var user = new SiskinHome(home.Path).Releases.Read(1).Users.Ids[0];

        var run = await CliRun.OfAsync("recommend", "--home", home.Path, "--user", user, "--count", "4", "--explain");

        Assert.Equal(0, run.Code);
        Assert.Contains($"What {user} did last:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Recommended to {user} (scene home, release 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("because of", run.Output, StringComparison.Ordinal);
        Assert.Contains("preRank", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_events_is_told_so_and_gets_a_list()
    {
        var run = await CliRun.OfAsync("recommend", "--home", home.Path, "--user", "nobody");

        Assert.Equal(0, run.Code);
        Assert.Contains("nobody has no history.", run.Output, StringComparison.Ordinal);
        Assert.Contains("│ 10 │", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recommend_prints_the_answer_of_the_API_as_JSON()
    {
        var run = await CliRun.OfAsync("recommend", "--home", home.Path, "--user", "u00002", "--count", "3", "--json", "--param", "reRank.diversity=0");

        Assert.Equal(0, run.Code);
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal("u00002", document.RootElement.GetProperty("user").GetString());
        Assert.Equal(3, document.RootElement.GetProperty("items").GetArrayLength());
        Assert.False(document.RootElement.TryGetProperty("trace", out _));
    }

    [Fact]
    public async Task Recommend_all_writes_a_line_for_every_user_like_single_requests()
    {
        var path = home.File("lists.jsonl");

        var run = await CliRun.OfAsync("recommend", "--home", home.Path, "--all", "--output", path, "--count", "3");

        Assert.Equal((0, $"200 lists in {path}"), (run.Code, run.Output.Trim()));
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(200, lines.Length);
        Assert.False(File.Exists(path + ".partial"));
        var first = lines.Single(line => line.StartsWith("""{"user":"u00003","items":[{"item":""", StringComparison.Ordinal));
        var single = await CliRun.OfAsync("recommend", "--home", home.Path, "--user", "u00003", "--count", "3", "--json");
        Assert.Equal(Items(single.Output), Items(first));

        static string?[] Items(string json)
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString())];
        }
    }

    [Theory]
    [InlineData("scene", "--scene", "nowhere")]
    [InlineData("parameters.nothing", "--param", "nothing=1")]
    [InlineData("--param", "--param", "nothing")]
    [InlineData("--count", "--count", "0")]
    public async Task A_request_that_cannot_be_answered_is_wrong_usage_and_names_the_field(string field, params string[] arguments)
    {
        var run = await CliRun.OfAsync(["recommend", "--home", home.Path, "--user", "u00001", .. arguments]);

        Assert.Equal(2, run.Code);
        Assert.Contains(field, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_since_the_release_count()
    {
        var copy = home.File("copy");
        Copy(home.Path, copy);
        var (catalogue, log) = new SiskinHome(copy).OpenForWriting();
        await using (log)
        {
            await using (catalogue)
            {
                await catalogue.UpsertItemsAsync([new Item { Id = "fresh", Title = "Fresh From the Press" }], TestContext.Current.CancellationToken);
                await log.AppendAsync(
                    [new Event { Id = "e", Type = "like", User = "nobody-before", Item = "fresh", Time = new(2025, 2, 1, 0, 0, 0, TimeSpan.Zero) }],
                    TestContext.Current.CancellationToken);
            }
        }

        var run = await CliRun.OfAsync("recommend", "--home", copy, "--user", "nobody-before");

        Assert.Equal(0, run.Code);
        Assert.Contains("Fresh From the Press", run.Output, StringComparison.Ordinal);
        Assert.Contains("liked", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Training_again_keeps_the_newest_releases()
    {
        var copy = home.File("again");
        Copy(home.Path, copy);

        var run = await CliRun.OfAsync("train", "--home", copy, "--tune", "none", "--dimensions", "4", "--epochs", "2", "--keep", "1", "--json");

        Assert.Equal(0, run.Code);
        using var manifest = JsonDocument.Parse(run.Output);
        Assert.Equal(2, manifest.RootElement.GetProperty("number").GetInt32());
        Assert.Equal(1, manifest.RootElement.GetProperty("parent").GetInt32());
        Assert.NotEqual(default, manifest.RootElement.GetProperty("createdAt").GetDateTimeOffset());
        Assert.Equal([2], new SiskinHome(copy).Releases.List());
    }

    [Fact]
    public async Task An_import_that_is_repeated_changes_nothing()
    {
        var copy = home.File("repeated");
        Copy(home.Path, copy);

        var run = await CliRun.OfAsync("import", TrainedHome.World, "--home", copy);

        Assert.Equal(0, run.Code);
        Assert.Contains("0 events (5,000 were there already)", run.Output, StringComparison.Ordinal);
        Assert.Single(new SiskinHome(copy).ReadDescription().Imports);
    }

    [Fact]
    public async Task A_data_set_is_not_trained_over_other_data()
    {
        var run = await CliRun.OfAsync("train", "--home", home.Path, "--dataset", TrainedHome.World);

        Assert.Equal(2, run.Code);
        Assert.Contains("holds data of its own", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_trained_on_a_data_set_alone_can_recommend()
    {
        var alone = home.File("alone");

        var train = await CliRun.OfAsync("train", "--home", alone, "--dataset", TrainedHome.World, "--tune", "none", "--dimensions", "4", "--epochs", "2");
        var recommend = await CliRun.OfAsync("recommend", "--home", alone, "--user", "u00001");

        Assert.Equal((0, 0), (train.Code, recommend.Code));
        Assert.Contains("Recommended to u00001", recommend.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_release_is_named_by_its_file()
    {
        var copy = home.File("damaged");
        Copy(home.Path, copy);
        await File.AppendAllTextAsync(Path.Combine(copy, "releases", "000001", "schema.json"), " ", TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync("recommend", "--home", copy, "--user", "u00001");

        Assert.Equal(1, run.Code);
        Assert.Contains("schema.json", run.Error, StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }
}
