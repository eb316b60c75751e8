using Siskin.Cli.Commands;
using Siskin.Data.Datasets;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("import")]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("recommend")]
    [InlineData("serve")]
    [InlineData("datasets")]
    public async Task Every_command_has_help_with_examples(string command)
    {
        var run = await CliRun.OfAsync(command, "--help");

        Assert.Equal(0, run.Code);
        Assert.Contains($"Examples:{Environment.NewLine}  siskin {command}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_help_is_shown()
    {
        var run = await CliRun.OfAsync();

        Assert.Equal(0, run.Code);
        Assert.Contains("evaluate", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var run = await CliRun.OfAsync("--version");

        Assert.Equal(0, run.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Fact]
    public async Task Every_format_is_listed_with_an_example_that_names_it()
    {
        var run = await CliRun.OfAsync("datasets");

        Assert.Equal(0, run.Code);
        Assert.Equal(DatasetFormats.Names.Order(StringComparer.Ordinal), DatasetsCommand.Formats.Select(format => format.Name).Order(StringComparer.Ordinal));
        Assert.All(DatasetsCommand.Formats, format =>
        {
            Assert.StartsWith(format.Name + ":", format.Example, StringComparison.Ordinal);
            Assert.Contains(format.Example, run.Output, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("'fly'", "fly")]
    [InlineData("import", "import")]
    [InlineData("'--wings'", "train", "--wings")]
    [InlineData("--tune is 'much'", "train", "--tune", "much")]
    [InlineData("--dimensions is 0", "train", "--dimensions", "0")]
    [InlineData("--keep", "train", "--keep", "all")]
    [InlineData("--kind is 'things'", "import", "synthetic", "--kind", "things")]
    [InlineData("--delimiter", "import", "synthetic", "--delimiter", "ab")]
    [InlineData("'nothing.xyz'", "import", "nothing.xyz")]
    [InlineData("flowers", "import", "synthetic:flowers=3")]
    [InlineData("exclude each other", "evaluate", "--home", "x", "--dataset", "synthetic")]
    [InlineData("'half'", "evaluate", "--split", "half")]
    [InlineData("--k: 'ten'", "evaluate", "--k", "ten")]
    [InlineData("--seeds", "evaluate", "--seeds", "1,2")]
    [InlineData("--output", "recommend", "--all")]
    [InlineData("--all", "recommend", "--output", "lists.jsonl")]
    [InlineData("--all goes with", "recommend", "--all", "--output", "lists.jsonl", "--user", "a")]
    [InlineData("--clock is 'sun'", "serve", "--clock", "sun")]
    [InlineData("--urls: 'home'", "serve", "--urls", "http://127.0.0.1:1;home")]
    [InlineData("--urls", "demo", "--urls", "")]
    public async Task Wrong_usage_gives_2_and_says_what_is_wrong(string expected, params string[] arguments)
    {
        var run = await CliRun.OfAsync(arguments);

        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("recommend", "--user", "a")]
    [InlineData("evaluate")]
    public async Task Without_data_commands_say_what_to_do_first(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var missing = folder.File("missing");

        var run = await CliRun.OfAsync([.. arguments, "--home", missing]);

        Assert.Equal(1, run.Code);
        Assert.Contains("siskin import", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public async Task Several_seeds_give_one_table_with_deviations()
    {
        var run = await CliRun.OfAsync("evaluate", "--dataset", TrainedHome.World, "--seeds", "1,2", "--split", "per-user", "--tune", "none", "--dimensions", "8", "--epochs", "4");

        Assert.Equal(0, run.Code);
        Assert.Single(run.Output.Split("recommender").Skip(1));
        Assert.Contains("mean ± standard deviation over seeds 1, 2", run.Output, StringComparison.Ordinal);
        Assert.Contains("of the distance from popularity to the oracle in ndcg@10", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_folder_of_data_is_named()
    {
        var run = await CliRun.OfAsync("evaluate", "--dataset", "ncf:no/such/folder");

        Assert.Equal(1, run.Code);
        Assert.Contains("no/such/folder", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stack_of_an_error_is_shown_on_demand()
    {
        var run = await CliRun.OfAsync("evaluate", "--dataset", "ncf:no/such/folder", "--verbose");

        Assert.Equal(1, run.Code);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_command_gives_130()
    {
        using var folder = new TemporaryFolder();
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await Siskin.Cli.SiskinApp.RunAsync(
            ["import", TrainedHome.World, "--home", folder.File("home")], Siskin.Cli.CliConsole.Of(output, error), new CancellationToken(canceled: true));

        Assert.Equal(130, code);
        Assert.Contains("cancelled", error.ToString(), StringComparison.Ordinal);
    }
}
