using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Siskin.Inference.Onnx;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Retrieval.Towers;
using Siskin.Models.Sequences;

namespace Siskin.Benchmarks.Models;

/// <summary>Trains each ranking model, two towers and each sequence model on examples that it makes, and writes it as ONNX beside examples and the outputs that it gives them.</summary>
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

    private static readonly ExampleLayout TwoLabels = Layout with { Labels = ["click", "conversion"] };

    private static readonly ExampleLayout Histories = SequenceExamples.Layout(300, 50);

    private static readonly (string Name, Func<Exported> Build)[] Models =
    [
        ("lr", () => new(new WideLinear().Build(Layout))),
        ("fm", () => new(new FactorizationMachineModel().Build(Layout))),
        ("ffm", () => new(new FieldAwareMachineModel().Build(Layout))),
        ("embedding-mlp", () => new(new EmbeddingMlp { Dropout = 0.1f }.Build(Layout))),
        ("wide-and-deep", () => new(new WideAndDeep().Build(Layout))),
        ("deepfm", () => new(new DeepFm().Build(Layout))),
        ("neural-cf", () => new(new NeuralCf().Build(Layout))),
        ("dcn-v2", () => new(new DcnV2().Build(Layout))),
        ("dcn-v2-rank-8", () => new(new DcnV2 { Rank = 8 }.Build(Layout))),
        ("final-mlp", () => new(new FinalMlp().Build(Layout))),
        ("din", () => new(new Din { Target = "item", History = "history" }.Build(Layout))),
        ("dien", () => new(new Dien { Target = "item", History = "history" }.Build(Layout))),
        ("shared-bottom", () => new(new SharedBottom().Build(TwoLabels))),
        ("mmoe", () => new(new Mmoe().Build(TwoLabels))),
        ("esmm", () => new(new Esmm().Build(TwoLabels))),
        ("two-tower", () => new(new TwoTower { UserInputs = ["user", "age", "history"], ItemInputs = ["item", "price", "tags"], Item = "item" }.Build(Layout))),
        ("sasrec", () => new(new SasRec().Build(Histories, 1))),
        ("gru4rec", () => new(new Gru4Rec().Build(Histories, 1))),
        ("youtube-dnn", () => new(new YouTubeDnn().Build(Histories, 1))),
        ("other-operators", () => new(OtherOperators())),
    ];

    public static void Write(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--out", "--examples", "--steps");
        var folder = options.Text("--out") ?? throw new ArgumentException("--out DIR is needed.");
        var (count, steps) = (options.Integer("--examples", 1000), options.Integer("--steps", 200));
        Directory.CreateDirectory(folder);
        var random = new Random(11);
        foreach (var (name, build) in Models)
        {
            var exported = build();
            using var graph = exported.Graph;
            var (training, test) = (Examples(graph.Layout, Train, random), Examples(graph.Layout, count, random));
            using (var step = new TrainingStep(graph, training, new Adam(0.01f), 256, 1))
            {
                for (var i = 0; i < steps; i++)
                {
                    step.Run(Enumerable.Range(0, 256).Select(row => ((i * 256) + row) % Train).ToArray());
                }
            }

            var width = graph.Outputs.Sum(output => output.Width);
            var scores = new float[count * width];
            using (var scorer = new GraphScorer(graph, 1))
            {
                scorer.Score(test, scores);
            }

            if (exported.Sequence is { } sequence)
            {
                OnnxExporter.Write(sequence, Path.Combine(folder, name + ".onnx"));
            }
            else
            {
                OnnxExporter.Write(graph, Path.Combine(folder, name + ".onnx"));
            }

            var outputs = Outputs(exported, scores, count).ToDictionary(output => output.Name, output => output.Values);
            File.WriteAllText(Path.Combine(folder, name + ".json"), JsonSerializer.Serialize(new { count, inputs = Inputs(test), outputs }));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", outputs.Select(output => $"{output.Key} {output.Value.Min():F2} to {output.Value.Max():F2}"))}"));
        }
    }

    // As the exporter names them: logits of all heads side by side, or each vector by itself.
    private static IEnumerable<(string Name, float[] Values)> Outputs(Exported exported, float[] scores, int count)
    {
        var widths = exported.Graph.Outputs.Select(output => output.Width).ToArray();
        if (exported.Sequence is { } sequence)
        {
            var (items, d) = (sequence.Items.Parameter, widths[0]);
            var rows = items.Span.ToArray();
            yield return ("vector", scores);
            yield return ("scores", [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, items.Rows).Select(item => TensorPrimitives.Dot(scores.AsSpan(i * d, d), rows.AsSpan(item * d, d))))]);
            yield break;
        }

        if (widths.All(width => width == 1))
        {
            yield return ("logits", scores);
            yield break;
        }

        var all = widths.Sum();
        for (var (output, first) = (0, 0); output < widths.Length; first += widths[output++])
        {
            var (from, to) = (first, first + widths[output]);
            yield return ($"vector_{output + 1}", [.. scores.Where((_, at) => at % all >= from && at % all < to)]);
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
    private static ExampleTable Examples(ExampleLayout layout, int count, Random random)
    {
        var (fields, numbers, labels) = (layout.Fields.Count, layout.Numbers.Count, layout.Labels.Count);
        var table = (Ids: new int[count * fields], Numbers: new float[count * numbers], Labels: new float[count * labels]);
        var lists = layout.Sequences.Select(_ => (Offsets: new int[count + 1], Ids: new List<int>())).ToArray();
        for (var i = 0; i < count; i++)
        {
            var logit = 0.0;
            for (var f = 0; f < fields; f++)
            {
                table.Ids[(i * fields) + f] = random.Next(1, layout.Fields[f].Count);
            }

            var (user, item) = fields > 1 ? (table.Ids[i * fields], table.Ids[(i * fields) + 1]) : (0, 0);
            logit += ((user ^ item) & 1) == 0 ? 1 : -1;
            for (var number = 0; number < numbers; number++)
            {
                table.Numbers[(i * numbers) + number] = (random.NextSingle() * 2) - 1;
                logit += table.Numbers[(i * numbers) + number];
            }

            var shared = random.Next(51);
            for (var s = 0; s < lists.Length; s++)
            {
                // What follows an item of a history is as long as the history.
                var isPaired = layout == Histories;
                for (var length = isPaired ? shared : random.Next(layout.Sequences[s].MaxLength + 1); length > 0; length--)
                {
                    var id = isPaired && s == 1 ? 1 + (lists[0].Ids[lists[1].Ids.Count] * 7 % 299) : random.Next(1, layout.Sequences[s].Count);
                    lists[s].Ids.Add(id);
                    logit += id % 5 == item % 5 ? 0.2 : -0.04;
                }

                lists[s].Offsets[i + 1] = lists[s].Ids.Count;
            }

            for (var label = 0; label < labels; label++)
            {
                table.Labels[(i * labels) + label] = (label == 0 || table.Labels[i * labels] == 1) && random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
            }
        }

        return new ExampleTable(layout, count, table.Ids, table.Numbers, [.. lists.Select(list => new IdSequences(list.Offsets, [.. list.Ids]))], table.Labels);
    }

    private static Dictionary<string, object> Inputs(ExampleTable examples)
    {
        var (layout, inputs, n) = (examples.Layout, new Dictionary<string, object>(), examples.Count);
        for (var f = 0; f < layout.Fields.Count; f++)
        {
            inputs[layout.Fields[f].Name] = new { dims = new[] { n }, values = Enumerable.Range(0, n).Select(i => examples.Ids[(i * layout.Fields.Count) + f]).ToArray() };
        }

        for (var number = 0; number < layout.Numbers.Count; number++)
        {
            inputs[layout.Numbers[number]] = new { dims = new[] { n }, values = Enumerable.Range(0, n).Select(i => examples.Numbers[(i * layout.Numbers.Count) + number]).ToArray() };
        }

        for (var s = 0; s < layout.Sequences.Count; s++)
        {
            var sequences = examples.Sequences[s];
            var longest = Enumerable.Range(0, n).Max(i => sequences[i].Length);
            var values = Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, longest).Select(t => t < sequences[i].Length ? sequences[i][t] : -1)).ToArray();
            inputs[layout.Sequences[s].Name] = new { dims = new[] { n, longest }, values };
        }

        return inputs;
    }

    private sealed record Exported(ModelGraph Graph, SequenceGraph? Sequence = null)
    {
        public Exported(SequenceGraph sequence)
            : this(sequence.Graph, sequence)
        {
        }
    }
}
