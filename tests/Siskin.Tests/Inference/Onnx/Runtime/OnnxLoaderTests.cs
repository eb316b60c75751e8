using Siskin.Inference.Native;
using Siskin.Inference.Onnx;
using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Onnx.Runtime;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Scoring;
using Siskin.Tests.Storage;
using Siskin.Vectors;

namespace Siskin.Tests.Inference.Onnx.Runtime;

public sealed class OnnxLoaderTests
{
    private const string Mapping =
        """
        "inputs": [
          {"input": "item", "from": "item", "vocabulary": "items.txt"},
          {"input": "item.popularity", "features": ["item.popularity"]},
          {"input": "history", "from": "history", "vocabulary": "items.txt", "length": 3}]
        """;

    private static readonly ExampleLayout Layout = new() { Fields = [new("item", 4)], Numbers = ["item.popularity"], Sequences = [new("history", 4, 3)] };

    private static readonly byte[] Unknown = RuntimeModels.File(RuntimeModels.Sum() with { Nodes = [new OnnxNode { Operator = "Unheard", Inputs = ["a", "b"], Outputs = ["y"] }] });

    [Fact]
    public async Task An_onnx_file_ranks_as_the_graph_that_it_came_from()
    {
        using var folder = new TemporaryFolder();
        using var graph = Build();
        OnnxExporter.Write(graph, folder.File("model.onnx"));
        Map(folder, "auto");
        var loaded = new ModelLoader(ServableLoaders.All()).Load(folder.Path);
        using var servable = loaded.Servable;
        Assert.Equal(("onnx", "onnxruntime_onnx"), (loaded.Kind, servable.Platform));
        using var root = new TemporaryFolder();
        var control = new Siskin.Data.Control.InMemoryControlStore();
        var loader = new ModelLoader(ServableLoaders.All());
        var registry = new ModelRegistry(root.Path, control, loader);
        await registry.ImportAsync("m", folder.Path, new ModelDescription());
        await using var server = new ModelServer(registry, control, loader);
        await server.ScanAsync();
        var scorer = server.Rankers().Single().Factory.Create(new ScorerContext { Features = ["item.popularity"], Items = ["a", "b", "c"], Tags = [[], [], []] });
        var scores = new float[3];
        await scorer.ScoreAsync(new ScoringBatch(3, 1, new float[] { 1, 2, 3 }, 1, scores, new[] { 0, 1, 2 }, new[] { 2, 0, 1, 0 }, null));
        ((IDisposable)scorer).Dispose();
        var expected = new float[3];
        using (var own = new GraphScorer(graph, 1))
        {
            own.Score(new ExampleTable(Layout, 3, [1, 2, 3], [1, 2, 3], [new IdSequences([0, 3, 6, 9], [1, 2, 1, 1, 2, 1, 1, 2, 1])], new float[3]), expected);
        }

        Assert.Equal(expected.Select(logit => 1 / (1 + Math.Exp(-logit))), scores.Select(score => (double)score), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(3, scores.Distinct().Count());
    }

    [Fact]
    public void The_only_file_of_a_folder_is_the_model_and_of_several_the_one_named_so()
    {
        using var folder = new TemporaryFolder();
        var loader = new OnnxLoader();
        Assert.False(loader.Recognises(folder.Path));
        Assert.Contains("model.onnx: the file is missing", Assert.Throws<ModelFormatException>(() => loader.Load(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("ranker.onnx"), RuntimeModels.File(RuntimeModels.Sum()));
        Assert.True(loader.Recognises(folder.Path));
        loader.Load(folder.Path).Dispose();
        File.WriteAllBytes(folder.File("other.onnx"), Unknown);
        Assert.Contains("several models, other.onnx, ranker.onnx; the one to load must be named model.onnx", Assert.Throws<ModelFormatException>(() => loader.Load(folder.Path)).Message, StringComparison.Ordinal);
        File.Move(folder.File("ranker.onnx"), folder.File("model.onnx"));
        loader.Load(folder.Path).Dispose();
    }

    [Fact]
    public void The_engine_says_what_runs_a_file()
    {
        using var folder = new TemporaryFolder();
        using (var graph = Build())
        {
            OnnxExporter.Write(graph, folder.File("model.onnx"));
        }

        Assert.IsType<GraphServable>(LoadAs("auto", _ => Build()));
        Assert.IsType<GraphServable>(LoadAs("native", _ => Build()));
        Assert.IsType<OnnxServable>(LoadAs("onnxruntime", _ => throw new InvalidOperationException("not to be called")));
        Assert.IsType<OnnxServable>(LoadAs("auto", Refuse));
        Assert.IsType<OnnxServable>(LoadAs("auto", null));
        Assert.Equal("x: an operator is unknown", Assert.Throws<ModelFormatException>(() => LoadAs("native", Refuse)).Message);
        Assert.Contains("no importer", Assert.Throws<ModelFormatException>(() => LoadAs("native", null)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder.File("model.onnx"), Unknown);
        var error = Assert.Throws<ModelFormatException>(() => LoadAs("auto", Refuse)).Message;
        Assert.Contains("Unheard", error, StringComparison.Ordinal);
        Assert.Contains("native: x: an operator is unknown", error, StringComparison.Ordinal);

        IServable LoadAs(string engine, Func<string, ModelGraph>? importer)
        {
            Map(folder, engine);
            var servable = new OnnxLoader(importer).Load(folder.Path);
            servable.Dispose();
            return servable;
        }

        static ModelGraph Refuse(string path) => throw new ModelFormatException("x", -1, "an operator is unknown");
    }

    [Theory]
    [InlineData("4", null)]
    [InlineData("0", "\"threads\" is 0; 1 to 256 is allowed")]
    [InlineData("257", "\"threads\" is 257; 1 to 256 is allowed")]
    public async Task Threads_are_set_in_the_mapping(string threads, string? reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("model.onnx"), RuntimeModels.File(RuntimeModels.Sum()));
        File.WriteAllText(folder.File("features.json"), $$"""{"threads": {{threads}}, "inputs": [{"input": "a", "features": ["a"]}, {"input": "b", "features": ["b"]}]}""");
        if (reason is not null)
        {
            Assert.Contains(reason, Assert.Throws<ModelFormatException>(() => new OnnxLoader().Load(folder.Path)).Message, StringComparison.Ordinal);
            return;
        }

        using var servable = new OnnxLoader().Load(folder.Path);
        var output = await servable.RunAsync([Tensor.Of("a", [1f], 1), Tensor.Of("b", [2f], 1)], []);
        Assert.Equal([3f], (float[])output[0].Data);
    }

    private static ModelGraph Build() => new Din { Target = "item", History = "history", Dimensions = 4, Layers = [8] }.Build(Layout, 7);

    private static void Map(TemporaryFolder folder, string engine)
    {
        File.WriteAllLines(folder.File("items.txt"), ["a", "b", "c"]);
        File.WriteAllText(folder.File("features.json"), $$"""{"engine": "{{engine}}", {{Mapping}}}""");
    }
}
