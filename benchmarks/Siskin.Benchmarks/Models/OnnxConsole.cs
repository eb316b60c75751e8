using System.Globalization;
using System.Text.Json;
using Siskin.Inference.Onnx;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;

namespace Siskin.Benchmarks.Models;

/// <summary>Trains each ranking model on examples that it makes, and writes it as ONNX beside examples and the scores that it gives them.</summary>
/// <remarks><c>onnx-models --out DIR</c> writes NAME.onnx and NAME.json of each model; <c>benchmarks/models/check_onnx.mjs</c> compares them with ONNX Runtime.</remarks>
internal static class OnnxConsole
{
    private const int Train = 4096;

    private static readonly ExampleLayout Layout = new()
    {
        Fields = [new("user", 500), new("item", 300), new("city", 12), new("hour", 24)],
        Numbers = ["price", "age"],
        Sequences = [new("tags", 40, 3), new("history", 300, 50)],
    };

    private static readonly (string Name, Func<ModelGraph> Build)[] Models =
    [
        ("lr", () => new WideLinear().Build(Layout)),
        ("fm", () => new FactorizationMachineModel().Build(Layout)),
        ("ffm", () => new FieldAwareMachineModel().Build(Layout)),
        ("embedding-mlp", () => new EmbeddingMlp { Dropout = 0.1f }.Build(Layout)),
        ("wide-and-deep", () => new WideAndDeep().Build(Layout)),
        ("deepfm", () => new DeepFm().Build(Layout)),
        ("neural-cf", () => new NeuralCf().Build(Layout)),
        ("dcn-v2", () => new DcnV2().Build(Layout)),
        ("dcn-v2-rank-8", () => new DcnV2 { Rank = 8 }.Build(Layout)),
        ("final-mlp", () => new FinalMlp().Build(Layout)),
        ("din", () => new Din { Target = "item", History = "history" }.Build(Layout)),
        ("other-operators", OtherOperators),
    ];

    public static void Write(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--out", "--examples", "--steps");
        var folder = options.Text("--out") ?? throw new ArgumentException("--out DIR is needed.");
        var (count, steps) = (options.Integer("--examples", 1000), options.Integer("--steps", 200));
        Directory.CreateDirectory(folder);
        var random = new Random(11);
        var (training, test) = (Examples(Train, random), Examples(count, random));
        foreach (var (name, build) in Models)
        {
            using var graph = build();
            using (var step = new TrainingStep(graph, training, new Adam(0.01f), 256, 1))
            {
                for (var i = 0; i < steps; i++)
                {
                    step.Run(Enumerable.Range(0, 256).Select(row => ((i * 256) + row) % Train).ToArray());
                }
            }

            var scores = new float[count];
            using (var scorer = new GraphScorer(graph, 1))
            {
                scorer.Score(test, scores);
            }

            OnnxExporter.Write(graph, Path.Combine(folder, name + ".onnx"));
            File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(new { inputs = Inputs(test), logits = scores }));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: logits of {scores.Min():F2} to {scores.Max():F2}"));
        }
    }

    // What no ranking model has: heads of experts, norms, attention by softmax.
    private static ModelGraph OtherOperators()
    {
        var g = new GraphBuilder("other operators", Layout);
        var items = g.Table("item", 300, 16);
        var history = g.EmbedSequence(items, "history");
        var target = g.Repeat(g.Embed((items, "item")), "history");
        var x = g.LayerNorm(g.Concat(history, target));
        var mixed = g.Mixture(g.Softmax(g.Dense(x, 2)), g.Dense(x, 16, Activation.Tanh), g.Dice(g.Dense(x, 16)));
        var weights = g.Softmax(g.Sum(g.RowDot(g.Scale(history, 0.25f), mixed), g.RowSum(g.Slice(mixed, 0, 4)), g.FactorizationMachine(mixed, 4), g.FieldAwareMachine(mixed, 2)));
        var pooled = g.Concat(g.WeightedPool(weights, mixed), g.MeanPool(history), g.SumPool(g.Activate(mixed, Activation.Sigmoid)));
        var logit = g.Dense(g.Dice(g.BatchNorm(g.ParametricRelu(g.Dense(g.Concat(pooled, g.Inputs(8)), 32)))), 1);
        g.BinaryCrossEntropy(logit);
        return g.Build(logit);
    }

    // Sequences of all lengths from none on. Labels follow pairs of fields, the numbers and the history, so that weights move.
    private static ExampleTable Examples(int count, Random random)
    {
        var ids = new int[count * Layout.Fields.Count];
        var numbers = new float[count * 2];
        var labels = new float[count];
        var lists = Layout.Sequences.Select(_ => (Offsets: new int[count + 1], Ids: new List<int>())).ToArray();
        for (var i = 0; i < count; i++)
        {
            for (var f = 0; f < Layout.Fields.Count; f++)
            {
                ids[(i * Layout.Fields.Count) + f] = random.Next(Layout.Fields[f].Count);
            }

            var (user, item) = (ids[i * 4], ids[(i * 4) + 1]);
            var logit = ((user ^ item) & 1) == 0 ? 1.0 : -1;
            for (var s = 0; s < lists.Length; s++)
            {
                for (var length = random.Next(Layout.Sequences[s].MaxLength + 1); length > 0; length--)
                {
                    var id = random.Next(Layout.Sequences[s].Count);
                    lists[s].Ids.Add(id);
                    logit += id % 5 == item % 5 ? 0.2 : -0.04;
                }

                lists[s].Offsets[i + 1] = lists[s].Ids.Count;
            }

            (numbers[2 * i], numbers[(2 * i) + 1]) = ((random.NextSingle() * 2) - 1, random.NextSingle());
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit - numbers[2 * i])) ? 1 : 0;
        }

        return new ExampleTable(Layout, count, ids, numbers, [.. lists.Select(list => new IdSequences(list.Offsets, [.. list.Ids]))], labels);
    }

    private static Dictionary<string, object> Inputs(ExampleTable examples)
    {
        var (inputs, n) = (new Dictionary<string, object>(), examples.Count);
        for (var f = 0; f < Layout.Fields.Count; f++)
        {
            inputs[Layout.Fields[f].Name] = new { dims = new[] { n }, values = Enumerable.Range(0, n).Select(i => examples.Ids[(i * Layout.Fields.Count) + f]).ToArray() };
        }

        for (var number = 0; number < 2; number++)
        {
            inputs[Layout.Numbers[number]] = new { dims = new[] { n }, values = Enumerable.Range(0, n).Select(i => examples.Numbers[(2 * i) + number]).ToArray() };
        }

        for (var s = 0; s < Layout.Sequences.Count; s++)
        {
            var sequences = examples.Sequences[s];
            var longest = Enumerable.Range(0, n).Max(i => sequences[i].Length);
            var values = Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, longest).Select(t => t < sequences[i].Length ? sequences[i][t] : -1)).ToArray();
            inputs[Layout.Sequences[s].Name] = new { dims = new[] { n, longest }, values };
        }

        return inputs;
    }
}
