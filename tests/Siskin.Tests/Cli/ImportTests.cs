using Siskin.Cli.Homes;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Cli;

public sealed class ImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bad_rows_are_named_by_file_and_line_and_left_out()
    {
        var file = Write("plays.csv", "listener,track,at", "ann,a,1700000000", "bob,,1700000001", "cid,c,yesterday", "dee,d,1700000003");

        var run = await CliRun.OfAsync("import", file, "--map", "user=listener,item=track,time=at", "--home", Home);

        Assert.Equal(0, run.Code);
        Assert.Contains($"{file}:3: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{file}:4: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 events (0 were there already), 2 bad rows", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Further_bad_rows_are_counted()
    {
        var file = Write("plays.csv", ["user,item,time", .. Enumerable.Repeat("ann,a,never", 5)]);

        var run = await CliRun.OfAsync("import", file, "--home", Home, "--max-errors-shown", "2");

        Assert.Equal(0, run.Code);
        Assert.Equal(2, run.Error.Split(file + ":").Length - 1);
        Assert.Contains("... and 3 more bad rows", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strict_import_stops_at_the_first_bad_row()
    {
        var file = Write("plays.csv", "user,item,time", "ann,a,1700000000", "bob,b,never", "cid,c,never");

        var run = await CliRun.OfAsync("import", file, "--home", Home, "--strict");

        Assert.Equal(2, run.Code);
        Assert.Contains($"stopped at the first bad row: {file}:3: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain($"{file}:4: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_declared_schema_allows_event_types_of_ones_own()
    {
        var file = Write("walks.csv", "user,item,type,time", "ann,a,walk,1700000000");
        var schema = Write("schema.json", """{"itemAttributes":[{"name":"height","type":"numeric"}],"eventTypes":[{"name":"walk","weight":2}]}""");

        var refused = await CliRun.OfAsync("import", file, "--home", Home);
        var taken = await CliRun.OfAsync("import", file, "--home", Home + "2", "--schema", schema);

        Assert.Contains("1 bad rows", refused.Output, StringComparison.Ordinal);
        Assert.Contains("1 events (0 were there already), 0 bad rows", taken.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"itemAttribute":[]}""", "itemAttribute")]
    [InlineData("""{"eventTypes":[]}""", "eventTypes must declare at least one type")]
    [InlineData("""{"eventTypes":[""", "LineNumber")]
    public async Task A_schema_that_is_wrong_is_named_by_file_and_field(string json, string expected)
    {
        var file = Write("plays.csv", "user,item,time");
        var schema = Write("schema.json", json);

        var run = await CliRun.OfAsync("import", file, "--home", Home, "--schema", schema);

        Assert.Equal(1, run.Code);
        Assert.Contains(schema, run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_in_use_is_not_written()
    {
        var (catalogue, log) = new SiskinHome(Home).OpenForWriting();
        await using (log)
        {
            await using (catalogue)
            {
                var run = await CliRun.OfAsync("import", TrainedHome.World, "--home", Home);

                Assert.Equal(1, run.Code);
                Assert.Contains("in use by a running server or another import", run.Error, StringComparison.Ordinal);
            }
        }
    }

    private string Home => _folder.File("home");

    private string Write(string name, params string[] lines)
    {
        var path = _folder.File(name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
