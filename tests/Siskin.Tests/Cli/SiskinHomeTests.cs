using Siskin.Cli;
using Siskin.Cli.Homes;
using Siskin.Cli.Hosting;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Cli;

public sealed class SiskinHomeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scenes_take_numbers_Booleans_and_texts()
    {
        var home = HomeWith("scenes.json", """[{"name":"mail","description":"A letter.","parameters":{"count":5,"filter.seen":true,"rank.model":"none"}}]""");

        var scene = Assert.Single(home.ReadScenes());

        Assert.Equal(("mail", "A letter."), (scene.Name, scene.Description));
        Assert.Equal(("5", "true", "none"), (scene.Parameters["count"], scene.Parameters["filter.seen"], scene.Parameters["rank.model"]));
    }

    [Fact]
    public void A_scene_may_be_a_name_alone()
    {
        var scene = Assert.Single(HomeWith("scenes.json", """[{"name":"mail"}]""").ReadScenes());

        Assert.Equal(("mail", "", 0), (scene.Name, scene.Description, scene.Parameters.Count));
    }

    [Theory]
    [InlineData("""[{"description":"no name"}]""", "name")]
    [InlineData("""[{"name":"a","parameter":{}}]""", "parameter")]
    [InlineData("""[{"name":"a","parameters":{"count":[1]}}]""", "scenes[0].parameters.count")]
    [InlineData("null", "must be an object or a list")]
    public void Scenes_that_are_wrong_are_named_by_file_and_field(string json, string expected)
    {
        var home = HomeWith("scenes.json", json);

        var error = Assert.Throws<InvalidDataException>(home.ReadScenes);

        Assert.Contains(home.ScenesPath, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_that_is_repeated_is_remembered_once()
    {
        var time = DateTimeOffset.UnixEpoch;
        var world = new Siskin.Data.Datasets.Synthetic.SyntheticWorldOptions();

        var description = new HomeDescription()
            .With(new HomeImport("world", "synthetic", time, world))
            .With(new HomeImport("world", "synthetic:seed=1", time, world))
            .With(new HomeImport("ml", "a", time))
            .With(new HomeImport("ml", "b", time))
            .With(new HomeImport("ml", "a", time));

        Assert.Equal(["synthetic:seed=1", "b", "a"], description.Imports.Select(import => import.Specification));
    }

    [Fact]
    public void A_demo_empties_a_demos_home_only()
    {
        var home = HomeWith("scenes.json", "[]");
        Assert.Contains("not a demo's", Assert.Throws<CliException>(home.Recreate).Message, StringComparison.Ordinal);

        home.WriteDescription(new HomeDescription { IsDemo = true });
        File.WriteAllText(Path.Combine(home.Directory, "diary.txt"), "mine");
        Assert.Contains("diary.txt", Assert.Throws<CliException>(home.Recreate).Message, StringComparison.Ordinal);

        File.Delete(Path.Combine(home.Directory, "diary.txt"));
        home.Recreate();
        Assert.False(Directory.Exists(home.Directory));
        home.Recreate();
    }

    [Fact]
    public async Task A_demos_home_in_use_is_kept()
    {
        var home = HomeWith("scenes.json", "[]");
        home.WriteDescription(new HomeDescription { IsDemo = true });
        var (catalogue, log) = home.OpenForWriting();
        await using (log)
        {
            await using (catalogue)
            {
                Assert.Contains("in use", Assert.Throws<CliException>(home.Recreate).Message, StringComparison.Ordinal);
            }
        }

        Assert.True(File.Exists(home.ScenesPath));
    }

    [Fact]
    public void The_clock_of_the_data_starts_where_it_is_told_and_runs_on()
    {
        var start = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);
        var clock = new DataClock(start);

        var (first, second) = (clock.GetUtcNow(), clock.GetUtcNow());

        Assert.InRange(first, start, second);
        Assert.True(second < start.AddYears(1));
    }

    private SiskinHome HomeWith(string file, string text)
    {
        var home = new SiskinHome(_folder.File("home"));
        Directory.CreateDirectory(home.Directory);
        File.WriteAllText(Path.Combine(home.Directory, file), text);
        return home;
    }
}
