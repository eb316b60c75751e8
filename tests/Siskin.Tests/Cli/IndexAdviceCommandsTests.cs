using Siskin.Cli.Commands;
using Siskin.Vectors.Advice;

namespace Siskin.Tests.Cli;

public sealed class IndexAdviceCommandsTests
{
    [Theory]
    [InlineData("hnsw", "--m 16 --ef-construction 200 --quantize none", "M", "16", "EfConstruction", "200", "Format", "Float32")]
    [InlineData("hnsw", "--m 8 --ef-construction 200 --quantize int8 --originals none", "M", "8", "EfConstruction", "200", "Format", "Int8", "KeepOriginals", "false")]
    [InlineData("hnsw", "--m 8 --ef-construction 200 --quantize int8", "M", "8", "EfConstruction", "200", "Format", "Int8", "KeepOriginals", "true")]
    [InlineData("hnsw", "--m 8 --ef-construction 200 --quantize f16", "M", "8", "EfConstruction", "200", "Format", "Float16", "KeepOriginals", "true", "Open", "Save, then Open")]
    [InlineData("scan", "--quantize pq", "Format", "ProductQuantized")]
    [InlineData("lsh", "--policy and --sketch-bits 256", "Functions", "9", "Policy", "And", "SketchBits", "256")]
    public void Every_kind_has_its_options(string kind, string options, params string[] parameters)
    {
        var lines = IndexAdviceCommands.Of(Advice(kind, parameters), "my items.fvecs", "auto", "asked.npy", "auto");

        Assert.Equal($"siskin index build --base 'my items.fvecs' --metric cosine --index {kind} {options} --seed 7 --out 'my items.index'", lines[0]);
        Assert.Equal("siskin index bench --base 'my items.fvecs' --queries asked.npy --metric cosine --k 5 --index-file 'my items.index' --ef 48", lines[1]);
    }

    [Fact]
    public void Nothing_recommended_has_no_lines()
    {
        Assert.Empty(IndexAdviceCommands.Of(Advice("scan", []) with { Recommended = null }, "a", "auto", null, "auto"));
    }

    private static IndexAdvice Advice(string kind, string[] parameters)
    {
        var search = new EffortFigures(48, 0.95, 10, 20);
        var estimate = new IndexEstimate(
            "it", kind, parameters.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]), true, search, [search], 1, 1, 1, 0, 100, []);
        return new IndexAdvice(new() { Metric = Siskin.Vectors.VectorMetric.Cosine, K = 5, Seed = 7 }, 4, 100, 10, estimate, [], [], [], [], 1);
    }
}
