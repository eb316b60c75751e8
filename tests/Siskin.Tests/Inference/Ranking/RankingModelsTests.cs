using Siskin.Inference.Native;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Scoring;
using Siskin.Tests.Storage;
using Siskin.Vectors;

namespace Siskin.Tests.Inference.Ranking;

/// <summary>The kinds of models as rankers of a release with the items a, b, c and two features.</summary>
public sealed class RankingModelsTests
{
    private const string Logistic =
        """
        <PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><DataDictionary><DataField name="item_popularity" optype="continuous" dataType="double"/><DataField name="age" optype="continuous" dataType="double"/><DataField name="taken" optype="categorical" dataType="string"><Value value="0"/><Value value="1"/></DataField></DataDictionary>
        <RegressionModel functionName="classification" normalizationMethod="logit"><MiningSchema><MiningField name="item_popularity"/><MiningField name="age"/><MiningField name="taken" usageType="target"/></MiningSchema>
        <Output><OutputField name="probability" feature="probability" value="1" dataType="double" optype="continuous"/></Output>
        <RegressionTable targetCategory="1" intercept="0.5"><NumericPredictor name="item_popularity" coefficient="2"/><NumericPredictor name="age" coefficient="-1"/></RegressionTable><RegressionTable targetCategory="0" intercept="0"/></RegressionModel></PMML>
        """;

    private static readonly ScorerContext Context = new() { Features = ["item.popularity", "age"], Items = ["a", "b", "c"], Tags = [["x"], ["x", "y"], []] };

    [Fact]
    public async Task A_logistic_regression_in_pmml_ranks_by_the_names_of_features()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.pmml"), Logistic);
        var scores = await ScoreAsync(folder.Path, [1, 2, 3, 4, 0, 0]);
        Assert.Equal(Sigmoid(0.5 + 2 - 2), scores[0], 1e-6);
        Assert.Equal(Sigmoid(0.5 + 6 - 4), scores[1], 1e-6);
        Assert.Equal(Sigmoid(0.5), scores[2], 1e-6);
    }

    [Fact]
    public async Task A_mapping_scales_features_and_names_the_output()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.pmml"), Logistic);
        File.WriteAllText(folder.File("features.json"), """{"inputs": [{"input": "item_popularity", "features": ["age"], "means": [1], "scales": [0.5]}, {"input": "age", "from": "constant", "value": 3}], "output": "probability"}""");
        var scores = await ScoreAsync(folder.Path, [9, 2, 9, 5, 9, 1]);
        Assert.Equal(Sigmoid(0.5 + (2 * 0.5) - 3), scores[0], 1e-6);
        Assert.Equal(Sigmoid(0.5 + (2 * 2.0) - 3), scores[1], 1e-6);
    }

    [Theory]
    [InlineData("""{"inputs": [{"input": "popularity", "features": ["age"]}]}""", "no input 'popularity'")]
    [InlineData("""{"inputs": [{"input": "age", "features": ["age"]}]}""", "input 'item_popularity' is filled with")]
    [InlineData("""{"inputs": [{"input": "age", "features": []}]}""", "names no features")]
    [InlineData("""{"inputs": [{"input": "age", "features": ["age"], "means": [1, 2]}]}""", "2 means for 1 features")]
    [InlineData("""{"engine": "fast"}""", "auto, native or onnxruntime")]
    [InlineData("""{"inputs": [{"input": "age", "form": "constant"}]}""", "form")]
    [InlineData("{", "not the JSON expected")]
    public void A_mapping_that_does_not_fit_is_refused_when_the_model_is_loaded(string mapping, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("model.pmml"), Logistic);
        File.WriteAllText(folder.File("features.json"), mapping);
        var error = Assert.Throws<ModelFormatException>(() => Load(folder.Path));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("features.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_graph_scores_the_same_compiled_and_by_tensors()
    {
        using var folder = new TemporaryFolder();
        var layout = new ExampleLayout
        {
            Fields = [new("item", 4)],
            Numbers = ["item.popularity", "age"],
            Sequences = [new("tags", 3, 16), new("history", 4, 3)],
            Labels = ["taken"],
        };
        using (var graph = RankingModel.Find("din").With(new Dictionary<string, string> { ["dimensions"] = "4", ["layers"] = "8" }).Build(layout, 7))
        {
            GraphDescription.Write(folder.Path, new GraphDescription { Model = "din", Settings = new Dictionary<string, string> { ["dimensions"] = "4", ["layers"] = "8" }, Layout = layout }, graph);
        }

        File.WriteAllLines(folder.File("items.txt"), ["a", "b", "c"]);
        File.WriteAllLines(folder.File("tags.txt"), ["x", "y"]);
        File.WriteAllText(
            folder.File("features.json"),
            """
            {"output": "logits", "isLogit": true, "shift": -0.5, "inputs": [
              {"input": "item", "from": "item", "vocabulary": "items.txt"},
              {"input": "item.popularity", "features": ["item.popularity"], "means": [1], "scales": [2]},
              {"input": "age", "features": ["age"]},
              {"input": "tags", "from": "tags", "vocabulary": "tags.txt", "length": 16},
              {"input": "history", "from": "history", "vocabulary": "items.txt", "length": 3}]}
            """);
        float[] features = [1, 2, 3, 4, 0, 0, 2, 2];
        int[] items = [0, 1, 2, 3];
        int[] history = [2, 0, 1, 0];
        var compiled = await ScoreAsync(folder.Path, features, items, history);
        using var servable = Load(folder.Path);
        var outputs = await servable.RunAsync(
            [
                Tensor.Of("item", [1L, 2, 3, 0], 4),
                Tensor.Of("item.popularity", [0f, 4, -2, 2], 4),
                Tensor.Of("age", [2f, 4, 0, 2], 4),
                Tensor.Of("tags", [1L, -1, 1, 2, -1, -1, -1, -1], 4, 2),
                Tensor.Of("history", [1L, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1], 4, 3),
            ],
            ["logits"]);
        var logits = outputs[0].Values<float>().ToArray();
        Assert.Equal([4, 1], outputs[0].Shape);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(Sigmoid(logits[i] - 0.5), compiled[i], 1e-5);
        }

        Assert.Equal(4, logits.Distinct().Count());
    }

    [Fact]
    public async Task Inputs_of_a_graph_are_checked_by_name_type_and_range()
    {
        using var folder = new TemporaryFolder();
        var layout = new ExampleLayout { Fields = [new("item", 4), new("user", 3)] };
        using (var graph = RankingModel.Find("fm").With(new Dictionary<string, string>()).Build(layout, 1))
        {
            GraphDescription.Write(folder.Path, new GraphDescription { Model = "fm", Layout = layout }, graph);
        }

        using var servable = Load(folder.Path);
        await RefusedAsync("'user' is missing", Tensor.Of("item", [1L], 1));
        await RefusedAsync("no input 'x'", Tensor.Of("x", [1L], 1));
        await RefusedAsync("there twice", Tensor.Of("item", [1L], 1), Tensor.Of("item", [1L], 1));
        await RefusedAsync("type Float32", Tensor.Of("item", [1f], 1));
        await RefusedAsync("shape [1,1]", Tensor.Of("item", [1L], 1, 1));
        await RefusedAsync("'user' has 2 rows", Tensor.Of("item", [1L], 1), Tensor.Of("user", [1L, 2], 2));
        await RefusedAsync("row 0 of 'item' is 4", Tensor.Of("item", [4L], 1), Tensor.Of("user", [1L], 1));

        async Task RefusedAsync(string reason, params Tensor[] inputs)
        {
            var error = await Assert.ThrowsAsync<ServableException>(() => servable.RunAsync(inputs, []).AsTask());
            Assert.Equal(ServableError.InvalidArgument, error.Error);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Precomputed_lists_score_their_items_and_others_by_the_list_for_all()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("lists.jsonl"), """
            {"user": "u", "items": ["c", "a"], "scores": [0.9, 0.4]}
            {"user": "*", "items": ["b", "z"]}
            """);
        Same([0.4f, 0, 0.9f], await ScoreAsync(folder.Path, new float[6], user: "u"));
        Same([0, 1f, 0], await ScoreAsync(folder.Path, new float[6], user: "other"));
        Same([0, 1f, 0], await ScoreAsync(folder.Path, new float[6]));
        using var servable = Load(folder.Path);
        var outputs = await servable.RunAsync([Tensor.OfTexts("user", ["u", "?"], 2)], []);
        Assert.Equal(["c", "a", "b", "z"], outputs[0].Values<byte[]>().ToArray().Select(System.Text.Encoding.UTF8.GetString));
        Assert.Equal([0.9f, 0.4f, 1, 0.5f], outputs[1].Values<float>().ToArray());
    }

    [Theory]
    [InlineData("""{"user": "u"}""", "line 1 is not of the form")]
    [InlineData("""{"user": "u", "items": ["a"], "scores": []}""", "line 1 has not a score for each")]
    [InlineData("""{"user": "u", "items": ["a"], "scores": [-1]}""", "line 1 has the score -1")]
    [InlineData("""{"user": "u", "items": [1]}""", "line 1 has an item that is not a text")]
    [InlineData("{\"user\": \"u\", \"items\": []}\n{\"user\": \"u\", \"items\": []}", "line 2 is a second one for the user 'u'")]
    [InlineData("""{"user": "u", """, "line 1 is not JSON")]
    public void Lists_that_are_wrong_are_refused_by_line(string text, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("lists.jsonl"), text);
        Assert.Contains(reason, Assert.Throws<ModelFormatException>(() => Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embeddings_score_by_inner_product_and_strangers_by_their_history()
    {
        using var folder = new TemporaryFolder();
        WriteVectors(folder.Path);
        var known = await ScoreAsync(folder.Path, new float[6], user: "u");
        Assert.Equal([(float)Sigmoid(1), (float)Sigmoid(2), (float)Sigmoid(3)], known, (a, b) => Math.Abs(a - b) < 1e-6);
        var stranger = await ScoreAsync(folder.Path, new float[6], history: [0, 2]);
        Assert.Equal(Sigmoid(((1 * 1) + (3 * 1) + (0 * 0)) / 2.0), stranger[0], 1e-6);
        using var servable = Load(folder.Path);
        var outputs = await servable.RunAsync([Tensor.OfTexts("user", ["u"], 1)], ["items"]);
        Assert.Equal(["c", "b", "a"], outputs[0].Values<byte[]>().ToArray().Select(System.Text.Encoding.UTF8.GetString));
        var error = await Assert.ThrowsAsync<ServableException>(() => servable.RunAsync([Tensor.OfTexts("user", ["v"], 1)], []).AsTask());
        Assert.Equal(ServableError.NotFound, error.Error);
    }

    [Fact]
    public async Task A_light_model_weighs_vectors_interests_and_features()
    {
        using var folder = new TemporaryFolder();
        WriteVectors(folder.Path);
        Siskin.Vectors.Files.VectorWriter.Write(folder.File("interests.npy"), [1, 0, 0, 1], 2);
        File.WriteAllText(folder.File("light.json"), """{"features": ["user.dot", "interest.max", "recent.mean", "age"], "means": [0, 0, 0, 1], "scales": [1, 1, 1, 2], "weights": [1, 10, 100, 1000], "bias": -300, "interests": 2}""");
        var scores = await ScoreAsync(folder.Path, [0, 1, 0, 1.1f, 0, 1], history: [1], user: "u");
        for (var i = 0; i < 3; i++)
        {
            // The item's vector is (i + 1, 0), the interests are (1, 0) and (0, 1), the latest item is (2, 0).
            double x = i + 1;
            var logit = x + (10 * x) + (100 * 2 * x) + (i == 1 ? 1000 * 2 * 0.1 : 0) - 300;
            Assert.Equal(Sigmoid(logit), scores[i], 1e-4);
        }

        File.WriteAllText(folder.File("light.json"), """{"features": ["user.dot"], "means": [], "scales": [1], "weights": [1]}""");
        Assert.Contains("0 means", Assert.Throws<ModelFormatException>(() => Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static void WriteVectors(string folder)
    {
        Siskin.Inference.Precomputed.EmbeddingLoader.Write(folder, "users", ["u"], [1, 0], 2);
        Siskin.Inference.Precomputed.EmbeddingLoader.Write(folder, "items", ["a", "b", "c"], [1, 0, 2, 0, 3, 0], 2);
    }

    private static IServable Load(string folder) => new ModelLoader(ServableLoaders.All()).Load(folder).Servable;

    // Through a server, as requests find it.
    private static async Task<float[]> ScoreAsync(string folder, float[] features, int[]? items = null, int[]? history = null, string? user = null)
    {
        using var root = new TemporaryFolder();
        var control = new Siskin.Data.Control.InMemoryControlStore();
        var loader = new ModelLoader(ServableLoaders.All());
        var registry = new ModelRegistry(root.Path, control, loader);
        await registry.ImportAsync("m", folder, new ModelDescription());
        await using var server = new ModelServer(registry, control, loader);
        await server.ScanAsync();
        var (factory, names) = Assert.Single(server.Rankers());
        Assert.Equal(["m@1", "m"], names);
        var scorer = factory.Create(Context);
        items ??= [0, 1, 2];
        var scores = new float[items.Length];
        await scorer.ScoreAsync(new ScoringBatch(items.Length, 2, features, 1, scores, items, history ?? [], user));
        ((IDisposable)scorer).Dispose();
        return scores;
    }

    private static void Same(float[] expected, float[] found) => Assert.Equal(expected, found);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
