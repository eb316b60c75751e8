using System.Runtime.InteropServices;
using System.Text.Json;
using Siskin.Cli;
using Siskin.Tests.Vectors;

namespace Siskin.Tests.Cli;

public sealed class IndexAdviseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Base => Path.Combine(_folder, "base.fvecs");

    public IndexAdviseTests()
    {
        var vectors = new ClusteredVectors(400, 8, 5, 1);
        using var file = File.Create(Base);
        for (var i = 0; i < vectors.Count; i++)
        {
            file.Write(MemoryMarshal.AsBytes<int>([8]));
            file.Write(MemoryMarshal.AsBytes(vectors.Row(i)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_advice_is_a_table_with_reasons_and_a_picture()
    {
        var svg = Path.Combine(_folder, "advice.svg");

        var run = await CliRun.OfAsync("index", "advise", "--base", Base, "--latency", "10ms", "--time-limit", "1ms", "--svg", svg);

        Assert.Equal((ExitCodes.Success, true), (run.Code, File.Exists(svg)));
        Assert.Contains("**Recommended: exact**: exact and well within the latency", run.Output, StringComparison.Ordinal);
        Assert.Contains("| HNSW f32, M 16 ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_advice_is_one_json_document()
    {
        var run = await CliRun.OfAsync("index", "advise", "--base", Base, "--queries", Base, "--metric", "cosine", "--count", "9000", "--memory", "1kB", "--time-limit", "1ms", "--json");

        Assert.Equal(ExitCodes.Success, run.Code);
        var advice = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("cosine", advice.GetProperty("options").GetProperty("metric").GetString());
        Assert.Equal(9000, advice.GetProperty("options").GetProperty("count").GetInt64());
        Assert.Equal(1000, advice.GetProperty("options").GetProperty("memoryBytes").GetInt64());
        Assert.False(advice.TryGetProperty("recommended", out _));
        Assert.StartsWith("memory: ", advice.GetProperty("loosen")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lines_that_follow_the_advice_are_printed_and_can_be_run()
    {
        var run = await CliRun.OfAsync("index", "advise", "--base", Base, "--latency", "10ms", "--time-limit", "1ms", "--format", "fvecs", "--metric", "ip");

        var index = Path.Combine(_folder, "base.index");
        string[] lines = run.Output.Split(Environment.NewLine).Where(line => line.StartsWith("siskin ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(
            [
                $"siskin index build --base {Base} --format fvecs --metric ip --index exact --out base.index",
                $"siskin index bench --base {Base} --format fvecs --queries {Base} --queries-format fvecs --query-count 500 --metric ip --k 10 --index-file base.index",
            ],
            lines);
        foreach (var line in lines)
        {
            Assert.Equal(ExitCodes.Success, (await CliRun.OfAsync(line.Replace("base.index", index, StringComparison.Ordinal).Split(' ')[1..])).Code);
        }
    }

    [Theory]
    [InlineData("--format is 'parquet'", "--format", "parquet")]
    [InlineData("--queries-format is 'parquet'", "--queries-format", "parquet")]
    [InlineData("--latency is '1e30h'", "--latency", "1e30h")]
    [InlineData("--latency is '900000000000000000000h'; that is too much", "--latency", "900000000000000000000h")]
    [InlineData("--latency is '0.001us'; that is too little", "--latency", "0.001us")]
    [InlineData("--memory is '99999999999TB'; that is too much", "--memory", "99999999999TB")]
    [InlineData("--memory is '500 apples'", "--memory", "500 apples")]
    [InlineData("--latency is '0ms'", "--latency", "0ms")]
    [InlineData("--recall is '1.5'; 0.01 to 1 is allowed", "--recall", "1.5")]
    [InlineData("--metric is 'far'", "--metric", "far")]
    public async Task Wrong_wishes_are_refused(string message, params string[] arguments)
    {
        var run = await CliRun.OfAsync(["index", "advise", "--base", Base, .. arguments]);

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("Try: siskin index advise --help", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var run = await CliRun.OfAsync("index", "advise", "--base", Base + "x");

        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("base.fvecsx", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_do_not_do_are_named()
    {
        var few = Path.Combine(_folder, "few.csv");
        await File.WriteAllLinesAsync(few, ["1,2,3", "4,5,6"], TestContext.Current.CancellationToken);

        var rows = await CliRun.OfAsync("index", "advise", "--base", few);
        var queries = await CliRun.OfAsync("index", "advise", "--base", Base, "--queries", few);

        Assert.Contains($"{few} has 2 vectors, too few to measure with; at least 100 are needed", rows.Error, StringComparison.Ordinal);
        Assert.Contains($"{few} has vectors of 3 numbers, {Base} of 8", queries.Error, StringComparison.Ordinal);
    }
}
