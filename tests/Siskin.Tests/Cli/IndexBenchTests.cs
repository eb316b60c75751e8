using System.Text.Json;
using Siskin.Vectors;
using Siskin.Vectors.Files;
using Siskin.Vectors.Measurement;

namespace Siskin.Tests.Cli;

public sealed class IndexBenchTests
{
    [Fact]
    public async Task One_json_object_has_the_figures_of_each_setting()
    {
        using var folder = new IndexFolder();
        var run = await CliRun.OfAsync(
            "index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--metric", "l2", "--k", "10", "--index", "hnsw", "--quantize", "int8",
            "--threads", "1", "--ef", "200,10", "--query-count", "50", "--json");

        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Output);
        var results = document.RootElement.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([10, 200], results.Select(r => r.GetProperty("parameters").GetProperty("ef").GetInt32()));
        Assert.Equal(50, document.RootElement.GetProperty("queries").GetInt32());
        Assert.All(results, result =>
        {
            Assert.Equal("hnsw", result.GetProperty("index").GetString());
            Assert.Equal("int8", result.GetProperty("parameters").GetProperty("quantize").GetString());
            Assert.True(result.GetProperty("qps").GetDouble() > 0);
            Assert.InRange(result.GetProperty("p50_us").GetDouble(), 0.001, result.GetProperty("p99_us").GetDouble());
            Assert.True(result.GetProperty("build_seconds").GetDouble() > 0);

            // 16 codes and their sum, padded; the whole vectors are left in the file.
            Assert.InRange(result.GetProperty("bytes_per_vector").GetDouble(), 16, 32);
            Assert.Equal(64, result.GetProperty("mapped_bytes_per_vector").GetDouble());
            Assert.True(result.GetProperty("structure_bytes_per_vector").GetDouble() > 0);
        });
        Assert.True(results[1].GetProperty("recall").GetDouble() > 0.98);
    }

    [Fact]
    public async Task A_saved_index_is_measured_against_given_neighbours_as_table_and_picture()
    {
        using var folder = new IndexFolder();
        var path = await folder.BuildAsync("--metric", "cosine");
        var truth = GroundTruth.Compute(VectorFile.Read(folder.Base), VectorFile.Read(folder.Queries), VectorMetric.Cosine, 12);
        NeighbourFile.Write(folder.File("truth.ivecs"), Enumerable.Range(0, 100).SelectMany(q => truth.Neighbours(q).ToArray()).ToArray(), 12);
        string[] arguments = ["index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--metric", "cosine", "--index-file", path, "--truth", folder.File("truth.ivecs"), "--ef", "300"];

        var run = await CliRun.OfAsync([.. arguments, "--svg", folder.File("curve.svg"), "--threads", "2"]);

        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("recall@10", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"ef 300 +│ +(1\.0000|0\.99\d\d) │", run.Output);
        Assert.Contains("2 threads", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(folder.File("curve.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await AssertFailsAsync("lists of at least 13", 1, "--k", "13");

        async Task AssertFailsAsync(string expected, int code, params string[] more)
        {
            var failed = await CliRun.OfAsync([.. arguments, .. more]);
            Assert.Equal(code, failed.Code);
            Assert.Contains(expected, failed.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_saved_index_that_is_not_of_these_vectors_is_refused()
    {
        using var folder = new IndexFolder();
        var path = await folder.BuildAsync("--metric", "l2");
        VectorWriter.Write(folder.File("fewer.fvecs"), folder.Vectors.Rows.AsSpan(0, 16 * 100), 16);

        var metric = await CliRun.OfAsync("index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--metric", "ip", "--index-file", path);
        var kind = await CliRun.OfAsync("index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--index", "exact", "--index-file", path);
        var recipe = await CliRun.OfAsync("index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--m", "8", "--policy", "and", "--index-file", path);
        var count = await CliRun.OfAsync("index", "bench", "--base", folder.File("fewer.fvecs"), "--queries", folder.Queries, "--index-file", path);

        Assert.Equal((2, 2, 1), (metric.Code, kind.Code, count.Code));
        Assert.Contains("was built for l2", metric.Error, StringComparison.Ordinal);
        Assert.Equal(2, recipe.Code);
        Assert.Contains("--m, --policy would change nothing", recipe.Error, StringComparison.Ordinal);
        Assert.Contains("is of kind hnsw", kind.Error, StringComparison.Ordinal);
        Assert.Contains("600 vectors", count.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exact_index_has_one_line_and_finds_all()
    {
        using var folder = new IndexFolder();
        var run = await CliRun.OfAsync("index", "bench", "--base", folder.Base, "--queries", folder.Queries, "--metric", "ip", "--index", "exact", "--ef", "10,20", "--json");

        Assert.True(run.Code == 0, run.Error);
        using var document = JsonDocument.Parse(run.Output);
        var result = Assert.Single(document.RootElement.GetProperty("results").EnumerateArray());
        Assert.Equal(1, result.GetProperty("recall").GetDouble());
        Assert.Equal(64, result.GetProperty("bytes_per_vector").GetDouble());
    }
}
