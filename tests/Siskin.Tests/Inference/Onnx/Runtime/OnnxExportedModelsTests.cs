using Siskin.Inference.Onnx;
using Siskin.Inference.Onnx.Format;
using Siskin.Models.Evaluation;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Retrieval.Towers;
using Siskin.Models.Sequences;
using Siskin.Models.Training;

namespace Siskin.Tests.Inference.Onnx.Runtime;

/// <summary>What is exported and run by ONNX Runtime gives the scores of the model itself.</summary>
public sealed class OnnxExportedModelsTests
{
    private static readonly ExampleLayout Layout = new()
    {
        Fields = [new("user", 50), new("item", 40), new("city", 12), new("hour", 24)],
        Numbers = ["price", "age"],
        Sequences = [new("tags", 9, 3), new("history", 40, 12)],
        Labels = ["click", "conversion"],
    };

    public static TheoryData<string> Listed => [.. RankingModel.All.Select(model => model.Name)];

    public static TheoryData<string> SequenceModels => OnnxExporterTests.SequenceModels;

    [Theory]
    [MemberData(nameof(Listed))]
    public Task Every_ranking_model_with_its_defaults_gives_its_scores(string name) => CheckAsync(RankingModel.Find(name).Defaults.Build(Layout));

    [Theory]
    [MemberData(nameof(OnnxExporterTests.Cases), MemberType = typeof(OnnxExporterTests))]
    public Task Ranking_models_over_all_layouts_give_their_scores(string model, string layout) => CheckAsync(OnnxExporterTests.Models[model](OnnxExporterTests.Layouts[layout]));

    [Theory]
    [MemberData(nameof(SequenceModels))]
    public async Task Sequence_models_give_the_scores_of_all_items(string name)
    {
        var random = new Random(3);
        var histories = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 8).Select(_ => random.Next(1, 20)).ToArray()).ToArray();
        using var trained = SequenceModel.Train(OnnxExporterTests.SequenceArchitectures[name], histories, 20, new GraphTrainerOptions { Epochs = 2, BatchSize = 16 });
        RankingCase[] cases = [new(0, [3, 5], 1), new(1, [], 1), new(2, [1, 2, 3, 4, 5, 6, 7, 8], 1)];
        var expected = new float[cases.Length * 20];
        trained.Score(cases, [], expected);
        using var stream = new MemoryStream();
        OnnxExporter.Write(trained.Graph, stream);
        using var servable = RuntimeModels.Load(stream.ToArray());
        Assert.Equal(["vector", "scores"], servable.Outputs.Select(output => output.Name));
        var ids = OnnxArray.Int64s([3, 6], [3, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3, 4, 5, 6, 7, 8]);
        var outputs = await servable.RunAsync(RuntimeModels.Tensors(new() { [Assert.Single(servable.Inputs).Name] = ids }), ["scores"]);
        Compare(expected, outputs[0].Values<float>());
    }

    [Fact]
    public async Task Towers_give_their_vectors()
    {
        using var graph = new TwoTower { UserInputs = ["user", "city", "age", "history"], ItemInputs = ["item", "price", "tags"], Item = "item", Layers = [16], Dimensions = 8 }.Build(Layout);
        var examples = OnnxInputs.Examples(Layout, 9, new Random(2));
        var both = new float[9 * 16];
        using (var scorer = new GraphScorer(graph, 1))
        {
            scorer.Score(examples, both);
        }

        var file = Export(graph);
        using var servable = RuntimeModels.Load(file);
        var outputs = await servable.RunAsync(Inputs(examples, file, 1), []);
        for (var tower = 0; tower < 2; tower++)
        {
            Assert.Equal([9, 8], outputs[tower].Shape);
            Compare([.. Enumerable.Range(0, 72).Select(i => both[(i / 8 * 16) + (tower * 8) + (i % 8)])], outputs[tower].Values<float>());
        }
    }

    private static async Task CheckAsync(ModelGraph graph)
    {
        using var owned = graph;
        Spread(graph);
        const int count = 23;
        var examples = OnnxInputs.Examples(graph.Layout, count, new Random(4));
        var logits = new float[count * graph.Outputs.Count];
        using (var scorer = new GraphScorer(graph, 1))
        {
            scorer.Score(examples, logits);
        }

        Assert.True(logits.Distinct().Count() > count / 2, "most scores are equal");
        var file = Export(graph);
        using var servable = RuntimeModels.Load(file);
        foreach (var more in new[] { 0, 3 })
        {
            var outputs = await servable.RunAsync(Inputs(examples, file, more), ["logits", "probabilities"]);
            Assert.Equal([count, graph.Outputs.Count], outputs[0].Shape);
            Compare(logits, outputs[0].Values<float>());
            Compare([.. logits.Select(logit => 1 / (1 + MathF.Exp(-logit)))], outputs[1].Values<float>());
        }
    }

    // Starting values near zero would hide most mistakes; scores stay such as trained models have.
    private static unsafe void Spread(ModelGraph graph)
    {
        var random = new Random(4);
        foreach (var parameter in graph.Parameters)
        {
            for (var i = 0; i < parameter.Length; i++)
            {
                parameter.Values[i] += (random.NextSingle() - 0.5f) * 0.2f;
            }
        }
    }

    private static byte[] Export(ModelGraph graph)
    {
        using var stream = new MemoryStream();
        OnnxExporter.Write(graph, stream);
        return stream.ToArray();
    }

    private static Siskin.Inference.Tensors.Tensor[] Inputs(ExampleTable examples, byte[] file, int more) =>
        RuntimeModels.Tensors(OnnxInputs.Of(examples, OnnxModel.Read(file, "memory"), more));

    private static void Compare(float[] expected, ReadOnlySpan<float> found) =>
        Assert.Equal(expected, found.ToArray(), (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Abs(a)));
}
