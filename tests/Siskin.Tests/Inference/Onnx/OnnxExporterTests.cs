using Siskin.Inference.Onnx;
using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Onnx.Rules;
using Siskin.Models.Evaluation;
using Siskin.Models.Graph;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Retrieval.Towers;
using Siskin.Models.Sequences;
using Siskin.Models.Training;

namespace Siskin.Tests.Inference.Onnx;

/// <summary>What is exported, read back and run by an interpreter, gives the scores of the model itself.</summary>
public sealed unsafe class OnnxExporterTests
{
    private static readonly ExampleLayout Small = new()
    {
        Fields = [new("user", 7), new("item", 5)],
        Numbers = ["age"],
        Sequences = [new("history", 5, 4)],
    };

    private static readonly ExampleLayout Large = new()
    {
        Fields = [new("item", 30), new("user", 40), new("city", 3), new("hour", 24)],
        Numbers = ["price", "age", "length"],
        Sequences = [new("tags", 9, 2), new("history", 30, 6)],
        Labels = ["click", "buy"],
    };

    private static readonly ExampleLayout Plain = new() { Fields = [new("item", 5), new("user", 5)] };

    internal static readonly Dictionary<string, ExampleLayout> Layouts = new() { ["small"] = Small, ["large"] = Large, ["plain"] = Plain };

    internal static readonly Dictionary<string, Func<ExampleLayout, ModelGraph>> Models = new()
    {
        ["LR"] = layout => new WideLinear().Build(layout),
        ["FM"] = layout => new FactorizationMachineModel { Dimensions = 4 }.Build(layout),
        ["FFM"] = layout => new FieldAwareMachineModel { Dimensions = 3 }.Build(layout),
        ["EmbeddingMLP"] = layout => new EmbeddingMlp { Dimensions = 4, Layers = [16, 8], Dropout = 0.5f }.Build(layout),
        ["Wide&Deep"] = layout => new WideAndDeep { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["DeepFM"] = layout => new DeepFm { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["NeuralCF"] = layout => new NeuralCf { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["DCN-v2"] = layout => new DcnV2 { Dimensions = 4, Layers = [16, 8] }.Build(layout),
        ["DCN-v2 of low rank"] = layout => new DcnV2 { Dimensions = 4, Layers = [16], Rank = 2 }.Build(layout),
        ["FinalMLP"] = layout => new FinalMlp { Dimensions = 4, FirstLayers = [16], SecondLayers = [12], Heads = 2, GateWidth = 8 }.Build(layout),
        ["DIN"] = layout => new Din { Target = "item", History = "history", Dimensions = 4, AttentionLayers = [8], Layers = [16, 8] }.Build(layout),
        ["DIEN"] = layout => new Dien { Target = "item", History = "history", Dimensions = 4, Hidden = 5, Layers = [16, 8] }.Build(layout),
        ["DIEN with Dice and an auxiliary loss"] = layout =>
            new Dien { Target = "item", History = "history", Negatives = "tags", Dimensions = 4, Hidden = 4, Layers = [16, 8], HasDice = true }.Build(layout),
        ["shared bottom"] = layout => new SharedBottom().Build(layout),
        ["MMoE"] = layout => new Mmoe { Experts = 3 }.Build(layout),
        ["ESMM"] = layout => new Esmm { Layers = [8] }.Build(layout),
    };

    public static TheoryData<string, string> Cases =>
    [
        .. from model in Models.Keys
           from layout in Layouts
           where !model.StartsWith("DI", StringComparison.Ordinal) || layout.Value.Sequences.Any(sequence => sequence.Name == "history")
           where !model.EndsWith("auxiliary loss", StringComparison.Ordinal) || layout.Key == "large"
           where model != "ESMM" || layout.Value.Labels.Count == 2
           select (model, layout.Key),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ranking_models_give_the_scores_that_they_have(string model, string layout)
    {
        using var graph = Models[model](Layouts[layout]);
        Check(graph);
    }

    [Fact]
    public void Norms_and_activations_give_their_scores() => Check(g =>
    {
        var x = g.Dense(g.Concat(g.Embeddings(3), g.Numbers()), 6, Activation.Sigmoid);
        var y = g.Activate(g.Dice(g.BatchNorm(g.LayerNorm(g.Dense(x, 5, Activation.Tanh)))), Activation.Relu);
        return g.Dense(g.Concat(y, g.ParametricRelu(g.BatchNorm(x, hasScale: false)), g.Activate(x, Activation.Sigmoid)), 1);
    });

    [Fact]
    public void Mixture_of_experts_gives_its_scores() => Check(g =>
    {
        var x = g.Inputs(3);
        return g.Dense(g.Mixture(g.Softmax(g.Dense(x, 3)), g.Dense(x, 4), g.Dense(x, 4, Activation.Tanh), g.Dense(x, 4, Activation.Sigmoid)), 1);
    });

    [Fact]
    public void Operators_over_elements_give_their_scores() => Check(g =>
    {
        var history = g.EmbedSequence(g.Table("items", 30, 4), "history");
        var user = g.Repeat(g.Dense(g.Embeddings(2), 4), "history");
        var z = g.LayerNorm(g.Dice(g.Dense(g.Concat(history, user), 6, Activation.Tanh)));
        var mixed = g.Mixture(g.Softmax(g.Dense(z, 2)), g.Dense(z, 3), g.Slice(z, 2, 3));
        var attention = g.Sum(g.RowSum(g.Scale(mixed, 0.3f)), g.RowDot(history, user), g.FactorizationMachine(z, 2), g.FieldAwareMachine(g.Multiply(history, user), 2));
        var pooled = g.WeightedPool(g.Softmax(attention), z);
        return g.Dense(g.Concat(pooled, g.MeanPool(history), g.SumPool(g.Activate(user, Activation.Relu))), 1);
    });

    [Fact]
    public void Recurrent_units_and_other_pools_give_their_scores() => Check(g =>
    {
        var history = g.EmbedSequence(g.Table("items", 30, 4), "history");
        var tags = g.Gru(g.EmbedSequence(g.Table("tags", 9, 3), "tags"), 2);
        var states = g.Gru(history, 5);
        var weighted = g.AttentionalGru(states, g.Dense(states, 1, Activation.Sigmoid), 3);
        return g.Dense(g.Concat(g.Last(weighted), g.MaxPool(states), g.MaxPool(history), g.Last(tags), g.SumPool(tags)), 1);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Attention_and_means_up_to_an_element_give_their_scores(int heads) => Check(g =>
    {
        var items = g.DenseTable("items", 30, 6);
        var x = g.Sum(g.EmbedSequence(items, "history"), g.Places("history", 6));
        var attended = g.CausalAttention(g.Dense(x, 6), g.Dense(x, 6), g.Dense(x, 6), heads);
        return g.Dense(g.Concat(g.Last(attended), g.SumPool(attended), g.SumPool(g.CausalMean(g.Normalize(x))), g.Embed((items, "item"))), 1);
    });

    public static TheoryData<string> SequenceModels => [.. SequenceArchitectures.Keys];

    internal static Dictionary<string, ISequenceArchitecture> SequenceArchitectures => new()
    {
        ["SASRec"] = new SasRec { MaxLength = 6, Dimensions = 8, Heads = 2 },
        ["GRU4Rec"] = new Gru4Rec { MaxLength = 6, Dimensions = 8 },
        ["YouTubeDNN"] = new YouTubeDnn { MaxLength = 6, Dimensions = 8 },
    };

    [Theory]
    [MemberData(nameof(SequenceModels))]
    public void Sequence_models_give_the_scores_of_all_items(string name)
    {
        var random = new Random(3);
        var histories = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 8).Select(_ => random.Next(1, 20)).ToArray()).ToArray();
        using var trained = SequenceModel.Train(SequenceArchitectures[name], histories, 20, new GraphTrainerOptions { Epochs = 2, BatchSize = 16 });
        RankingCase[] cases = [new(0, [3, 5], 1), new(1, [], 1), new(2, [1, 2, 3, 4, 5, 6, 7, 8], 1)];
        var expected = new float[cases.Length * 20];
        trained.Score(cases, [], expected);
        using var stream = new MemoryStream();
        OnnxExporter.Write(trained.Graph, stream);
        var model = OnnxModel.Read(stream.ToArray(), "memory");
        Assert.Equal(["vector", "scores"], model.Graph.Outputs.Select(output => output.Name));
        var input = Assert.Single(model.Graph.Inputs).Name;
        var ids = OnnxArray.Int64s([3, 6], [3, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3, 4, 5, 6, 7, 8]);
        Assert.Equal(expected, OnnxInterpreter.Run(model, new() { [input] = ids })["scores"].Values.Select(v => (float)v), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Towers_are_written_together_or_one_by_one()
    {
        using var graph = new TwoTower { UserInputs = ["user", "city", "age", "history"], ItemInputs = ["item", "price"], Item = "item", Layers = [8], Dimensions = 4 }.Build(Large);
        var examples = OnnxInputs.Examples(Large, 9, new Random(2));
        var both = new float[9 * 8];
        using (var scorer = new GraphScorer(graph, 1))
        {
            scorer.Score(examples, both);
        }

        var model = Export(graph);
        Assert.Equal(["vector_1", "vector_2"], model.Graph.Outputs.Select(output => output.Name));
        var outputs = OnnxInterpreter.Run(model, OnnxInputs.Of(examples, model, 0));
        Compare("vector_1", outputs, 0);
        Compare("vector_2", outputs, 4);
        var item = Export(graph, new() { VectorNames = [null, "item_vector"] });
        Assert.Equal(["item", "price"], item.Graph.Inputs.Select(input => input.Name));
        Compare("item_vector", OnnxInterpreter.Run(item, OnnxInputs.Of(examples, item, 0)), 4);
        Assert.Contains("1 names for the 2 vectors of 'TwoTower'", Assert.Throws<ArgumentException>(() => Export(graph, new() { VectorNames = ["x"] })).Message);
        Assert.Contains("no vector", Assert.Throws<ArgumentException>(() => Export(graph, new() { VectorNames = [null, null] })).Message);

        void Compare(string name, Dictionary<string, OnnxArray> from, int first) =>
            Assert.Equal(Enumerable.Range(0, 36).Select(i => both[(i / 4 * 8) + first + (i % 4)]), from[name].Values.Select(v => (float)v), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void A_product_of_probabilities_near_zero_or_one_keeps_its_logit() => Check(g =>
    {
        var x = g.Scale(g.Dense(g.Inputs(3), 2), 40);
        return g.ProbabilityProduct(g.Slice(x, 0, 1), g.Slice(x, 1, 1));
    });

    [Fact]
    public void Heads_are_columns_named_by_their_labels()
    {
        var g = new GraphBuilder("two heads", Large);
        var x = g.Mlp(g.Inputs(3), [8]);
        var (click, buy) = (g.Dense(x, 1), g.Dense(x, 1));
        g.BinaryCrossEntropy(buy, "buy");
        g.BinaryCrossEntropy(click, "click");
        using var graph = g.Build(click, buy);
        Check(graph);
        Assert.Equal("""["click","buy"]""", Export(graph).Metadata["siskin.heads"]);
    }

    [Fact]
    public void A_model_that_is_one_number_gives_it_for_every_example()
    {
        var g = new GraphBuilder("one number", Small);
        var bias = g.Bias();
        g.BinaryCrossEntropy(bias);
        using var graph = g.Build(bias);
        Check(graph);
    }

    [Fact]
    public void A_batch_of_empty_sequences_may_have_no_column()
    {
        using var graph = Models["DIN"](Large);
        var model = Export(graph);
        var examples = new ExampleTable(Large, 2, [1, 2, 0, 4, 3, 4, 1, 5], new float[6], [new IdSequences([0, 0, 0], []), new IdSequences([0, 0, 0], [])], new float[4]);
        var scores = new float[2];
        using var scorer = new GraphScorer(graph, 1);
        scorer.Score(examples, scores);
        var inputs = OnnxInputs.Of(examples, model, more: 0);
        Assert.Equal([2, 0], inputs["history"].Shape);
        Assert.Equal(scores, OnnxInterpreter.Run(model, inputs)["logits"].Values.Select(v => (float)v), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Inputs_have_the_names_and_shapes_of_the_layout_and_only_those_that_are_read_are_there()
    {
        using var graph = new Din { Target = "item", History = "history", Layers = [8] }.Build(Large);
        var inputs = Export(graph).Graph.Inputs;
        Assert.Equal(["item", "user", "city", "hour", "price", "age", "length", "history"], inputs.Select(input => input.Name));
        Assert.Equal([OnnxElementType.Int64, OnnxElementType.Float, OnnxElementType.Int64], new[] { inputs[0], inputs[4], inputs[7] }.Select(input => input.ElementType));
        Assert.Equal(["batch", "history_length"], inputs[7].Dimensions!.Select(dimension => dimension.Name));
        Assert.Equal(["batch"], inputs[0].Dimensions!.Select(dimension => dimension.Name));
        Assert.Equal("an id of 0 to 29; 0 stands for unknown", inputs[0].Description);
    }

    [Fact]
    public void What_only_a_loss_asks_for_is_left_out()
    {
        var g = new GraphBuilder("trained on more", Plain);
        var logit = g.Dense(g.Embed((g.Table("items", 5, 2), "item")), 1);
        g.BinaryCrossEntropy(logit);
        g.BinaryCrossEntropy(g.Dense(g.Embed((g.Table("users", 5, 2), "user")), 1));
        using var graph = g.Build(logit);
        var exported = Export(graph).Graph;
        Assert.Equal(["item"], exported.Inputs.Select(input => input.Name));
        Assert.DoesNotContain("users", exported.Initializers.Select(tensor => tensor.Name));
        Check(graph);
    }

    [Fact]
    public void A_table_that_two_inputs_share_is_written_once()
    {
        using var graph = new Din { Target = "item", History = "history", Layers = [8] }.Build(Large);
        Assert.Single(Export(graph).Graph.Initializers, tensor => tensor.Dimensions is [30, 16]);
    }

    [Fact]
    public void Outputs_are_named_as_asked_for()
    {
        using var graph = Models["FM"](Plain);
        Assert.Equal(["logits", "probabilities"], Export(graph).Graph.Outputs.Select(output => output.Name));
        Assert.Equal(["score", "p"], Export(graph, new() { LogitsName = "score", ProbabilitiesName = "p" }).Graph.Outputs.Select(output => output.Name));
        Assert.Equal(["logits"], Export(graph, new() { ProbabilitiesName = null }).Graph.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Inputs_named_as_nodes_or_constants_keep_their_names()
    {
        var layout = new ExampleLayout { Fields = [new("embed", 4), new("sum", 4), new("fm/Sub", 4), new("bias", 4), new("integers/1", 4)], Numbers = ["wide.numbers.weights"] };
        using var graph = Models["DeepFM"](layout);
        Check(graph);
        Assert.Equal(6, Export(graph).Graph.Inputs.Count);
    }

    [Fact]
    public void An_output_named_as_an_input_is_refused()
    {
        using var graph = Models["FM"](Plain);
        Assert.Contains("'item'", Assert.Throws<ArgumentException>(() => Export(graph, new() { LogitsName = "item" })).Message);
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => Export(graph, new() { LogitsName = "x", ProbabilitiesName = "x" })).Message);
    }

    [Fact]
    public void Every_operator_has_a_rule()
    {
        var operators = typeof(Operator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operator)) && !type.IsAbstract);
        Assert.Empty(operators.Except(OnnxRules.Types));
    }

    [Fact]
    public void An_operator_without_a_rule_is_named()
    {
        using var graph = Models["FM"](Plain);
        var export = new OnnxExport(graph, []);
        var node = new Node(0, 1, RowDomain.Examples, "odd.3", hasGradient: false);
        Assert.Equal("model 'FM' has the operator Unheard (odd.3 (examples × 1)), for which there is no ONNX rule", Assert.Throws<NotSupportedException>(() => OnnxRules.Apply(export, new Unheard(node))).Message);
    }

    [Fact]
    public void A_file_is_there_as_a_whole_or_not_at_all()
    {
        var path = Path.Combine(Path.GetTempPath(), $"siskin-{Guid.NewGuid():N}.onnx");
        try
        {
            using var graph = Models["DeepFM"](Small);
            Assert.Throws<ArgumentException>(() => OnnxExporter.Write(graph, path, new() { LogitsName = "item" }));
            Assert.False(File.Exists(path));
            OnnxExporter.Write(graph, path);
            using var memory = new MemoryStream();
            OnnxExporter.Write(graph, memory);
            Assert.Equal(memory.ToArray(), File.ReadAllBytes(path));
            Assert.False(File.Exists(path + ".part"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static OnnxModel Export(ModelGraph graph, OnnxExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        OnnxExporter.Write(graph, stream, options);
        return OnnxModel.Read(stream.ToArray(), "memory");
    }

    private static void Check(Func<GraphBuilder, Node> logit)
    {
        var g = new GraphBuilder("checked", Large, 3);
        var output = logit(g);
        g.BinaryCrossEntropy(output);
        using var graph = g.Build(output);
        Check(graph);
    }

    private static void Check(ModelGraph graph)
    {
        var random = new Random(4);
        foreach (var parameter in graph.Parameters)
        {
            // Starting values near zero would hide most mistakes; running variances stay above zero.
            for (var i = 0; i < parameter.Length; i++)
            {
                parameter.Values[i] += (random.NextSingle() - 0.5f) * 0.8f;
            }
        }

        const int count = 23;
        var examples = OnnxInputs.Examples(graph.Layout, count, random);
        var scores = new float[count * graph.Outputs.Count];
        using (var scorer = new GraphScorer(graph, 1))
        {
            scorer.Score(examples, scores);
        }

        Assert.True(scores.Distinct().Count() > 1 || graph.Operators.Count == 1, "all scores are equal");
        var model = Export(graph);

        // Padding that nobody needs changes nothing.
        foreach (var more in new[] { 0, 3 })
        {
            var outputs = OnnxInterpreter.Run(model, OnnxInputs.Of(examples, model, more));
            for (var i = 0; i < scores.Length; i++)
            {
                Assert.Equal(scores[i], outputs["logits"].Values[i], 1e-4 * Math.Max(1, Math.Abs(scores[i]) / 10));
                Assert.Equal(1 / (1 + Math.Exp(-scores[i])), outputs["probabilities"].Values[i], 1e-4);
            }
        }
    }

    private sealed class Unheard(Node output) : Operator(output)
    {
        public override void Forward(Workspace workspace) => throw new NotSupportedException();

        public override void Backward(Workspace workspace) => throw new NotSupportedException();
    }
}
