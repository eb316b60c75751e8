using System.Globalization;
using System.Text.Json;
using Siskin.Vectors;

namespace Siskin.Tests.Cli;

public sealed class IndexCommandTests
{
    [Theory]
    [InlineData("build")]
    [InlineData("search")]
    [InlineData("bench")]
    [InlineData("verify")]
    public async Task Every_command_has_help_with_examples(string command)
    {
        var run = await CliRun.OfAsync("index", command, "--help");

        Assert.Equal(0, run.Code);
        Assert.Contains($"Examples:{Environment.NewLine}  siskin index {command}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("l2", "none")]
    [InlineData("ip", "int8")]
    [InlineData("cosine", "int8-symmetric")]
    public async Task A_built_index_is_verified_and_finds_a_vector_by_itself(string metric, string format)
    {
        using var folder = new IndexFolder();
        var path = await folder.BuildAsync("--metric", metric, "--quantize", format, "--threads", "1", "--seed", "3");

        var verified = await CliRun.OfAsync("index", "verify", path);
        Assert.Equal(0, verified.Code);
        Assert.Contains("links", verified.Output, StringComparison.Ordinal);
        Assert.Contains("seed = 3", verified.Output, StringComparison.Ordinal);

        var query = string.Join(',', folder.Vectors.Row(77).ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture)));
        var found = await CliRun.OfAsync("index", "search", "--index-file", path, "--query", query, "--k", "3", "--ef", "100", "--json");
        Assert.Equal(0, found.Code);
        using var document = JsonDocument.Parse(found.Output);
        Assert.Equal(metric, document.RootElement.GetProperty("metric").GetString());
        var neighbours = document.RootElement.GetProperty("results")[0].GetProperty("neighbours");
        Assert.Equal(3, neighbours.GetArrayLength());
        if (metric != "ip")
        {
            Assert.Equal(77, neighbours[0].GetProperty("id").GetInt32());
        }

        var scores = neighbours.EnumerateArray().Select(n => n.GetProperty("score").GetSingle()).ToArray();
        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Fact]
    public async Task An_exact_index_is_built_and_opened_too()
    {
        using var folder = new IndexFolder();
        var path = await folder.BuildAsync("--metric", "cosine", "--index", "exact");

        var verified = await CliRun.OfAsync("index", "verify", path);
        var measured = await CliRun.OfAsync("index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--metric", "cosine", "--index-file", path);

        Assert.Contains("rows", verified.Output, StringComparison.Ordinal);
        Assert.Contains("1.0000", measured.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_begins_with_a_minus_and_a_file_of_queries_are_understood()
    {
        using var folder = new IndexFolder();
        await File.WriteAllTextAsync(folder.File("points.txt"), "a 0 0\nb -1 0\nc 0 5\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("asked.csv"), "0,4\n-2,0\n", TestContext.Current.CancellationToken);
        var path = folder.File("points.index");
        var built = await CliRun.OfAsync("index", "build", "--base", folder.File("points.txt"), "--format", "word2vec", "--out", path);
        Assert.True(built.Code == 0, built.Error);
        Assert.Contains("3 vectors of 2 numbers, l2", built.Output, StringComparison.Ordinal);

        var typed = await CliRun.OfAsync("index", "search", "--index-file", path, "--query=-1,0.5", "--k", "1");
        Assert.Equal(0, typed.Code);
        Assert.Contains("squared distance", typed.Output, StringComparison.Ordinal);
        Assert.Matches(@"│ 0 +│ +1 │ +1 │ +0\.25 │", typed.Output);

        var many = await CliRun.OfAsync("index", "search", "--index-file", path, "--queries", folder.File("asked.csv"), "--k", "5", "--json");
        using var document = JsonDocument.Parse(many.Output);
        var answers = document.RootElement.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([2, 1], answers.Select(a => a.GetProperty("neighbours")[0].GetProperty("id").GetInt32()));
        Assert.All(answers, a => Assert.Equal(3, a.GetProperty("neighbours").GetArrayLength()));
    }

    [Fact]
    public async Task A_damaged_file_is_refused_with_the_place_of_the_damage()
    {
        using var folder = new IndexFolder();
        var path = await folder.BuildAsync();
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync("index", "verify", path);

        Assert.Equal(1, run.Code);
        Assert.Empty(run.Output);
        Assert.Matches(@"vectors\.index, offset \d+: .*checksum", run.Error);
    }

    [Fact]
    public async Task What_is_no_index_file_is_not_opened()
    {
        using var folder = new IndexFolder();

        Assert.Throws<ModelFormatException>(() => VectorIndexes.Open(folder.Base));
        Assert.Throws<FileNotFoundException>(() => VectorIndexes.Open(folder.File("missing")));
        foreach (var arguments in (string[][])[["verify", folder.Base], ["search", "--index-file", folder.Base, "--query", "1"]])
        {
            var run = await CliRun.OfAsync(["index", .. arguments]);
            Assert.Equal(1, run.Code);
            Assert.Contains("no index file", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1,2\n3,x\n", "line 2", "column 2", "'x'")]
    [InlineData("1,2\n3\n", "row")]
    [InlineData("", "empty")]
    public async Task Bad_vectors_are_told_with_file_and_place(string text, params string[] expected)
    {
        using var folder = new IndexFolder();
        await File.WriteAllTextAsync(folder.File("bad.csv"), text, TestContext.Current.CancellationToken);

        var run = await CliRun.OfAsync("index", "build", "--base", folder.File("bad.csv"), "--out", folder.File("bad.index"));

        Assert.Equal(1, run.Code);
        Assert.Contains("bad.csv", run.Error, StringComparison.Ordinal);
        Assert.All(expected, word => Assert.Contains(word, run.Error, StringComparison.Ordinal));
        Assert.False(File.Exists(folder.File("bad.index")));
    }

    [Fact]
    public async Task A_truncated_file_of_vectors_is_told_with_its_place()
    {
        using var folder = new IndexFolder();
        await using (var file = File.OpenWrite(folder.Base))
        {
            file.SetLength(file.Length - 5);
        }

        var run = await CliRun.OfAsync("index", "build", "--base", folder.Base, "--out", folder.File("bad.index"));

        Assert.Equal(1, run.Code);
        Assert.Matches(@"base\.fvecs, offset \d+", run.Error);
    }

    [Theory]
    [InlineData("--metric is 'l3'", "build", "--base", "x", "--out", "y", "--metric", "l3")]
    [InlineData("--out", "build", "--base", "x")]
    [InlineData("--index is 'tree'", "build", "--base", "x", "--out", "y", "--index", "tree")]
    [InlineData("--quantize int8 does not go with --index exact", "build", "--base", "x", "--out", "y", "--index", "exact", "--quantize", "int8")]
    [InlineData("--quantize is 'tiny'", "build", "--base", "x", "--out", "y", "--quantize", "tiny")]
    [InlineData("--m is 1", "build", "--base", "x", "--out", "y", "--m", "1")]
    [InlineData("one of --query and --queries", "search", "--index-file", "x")]
    [InlineData("one of --query and --queries", "search", "--index-file", "x", "--query", "1", "--queries", "y")]
    [InlineData("number 2 is 'two'", "search", "--index-file", "x", "--query", "1,two")]
    [InlineData("number 1 is 'NaN'", "search", "--index-file", "x", "--query", "NaN")]
    [InlineData("--ef: 'many'", "bench", "--base", "x", "--queries", "y", "--ef", "many")]
    [InlineData("siskin index bench --help", "bench", "--base", "x")]
    public async Task Wrong_usage_gives_2_and_says_what_is_wrong(string expected, params string[] arguments)
    {
        var run = await CliRun.OfAsync(["index", .. arguments]);

        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_of_another_length_are_refused()
    {
        using var folder = new IndexFolder();
        var path = await folder.BuildAsync();
        await File.WriteAllTextAsync(folder.File("short.csv"), "1,2\n", TestContext.Current.CancellationToken);

        var typed = await CliRun.OfAsync("index", "search", "--index-file", path, "--query", "1,2");
        var read = await CliRun.OfAsync("index", "search", "--index-file", path, "--queries", folder.File("short.csv"));
        var measured = await CliRun.OfAsync("index", "bench", "--base", folder.Base, "--queries", folder.File("short.csv"));

        Assert.Equal((2, 1, 1), (typed.Code, read.Code, measured.Code));
        Assert.All([typed, read, measured], run => Assert.Matches(@"\b2\b.*\b16\b", run.Error));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_before_the_work()
    {
        using var folder = new IndexFolder();
        var run = await CliRun.OfAsync("index", "build", "--base", folder.Base, "--out", folder.File("no/such/place.index"));

        Assert.Equal(1, run.Code);
        Assert.Contains("there is no folder", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("reading", run.Error, StringComparison.Ordinal);
    }
}
