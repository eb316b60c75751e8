using System.Text.Json;
using Siskin.Models.Evaluation;
using Siskin.Models.Features;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;
using Siskin.Offline.Experiments;

namespace Siskin.Benchmarks.Models;

/// <summary>Trains ranking models on a data set with plain settings, beside a PyTorch program that reads the same encoded examples.</summary>
/// <remarks>
/// <c>ctr-auc --dataset FORMAT:PATH --out DIR --models A,B --seeds N --epochs N --batch N --l2 X --target FIELD --history SEQUENCE</c> writes the examples to DIR, then a line of
/// JSON for each model and seed. <c>layout.json</c> there names what the raw little-endian files hold: int32 ids of fields and, padded with −1,
/// of sequences; float32 numbers and labels, for the parts train and test.
/// </remarks>
internal static class CtrAucConsole
{
    private const int Dimensions = 16;

    public static async Task RunAsync(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--dataset", "--out", "--models", "--seeds", "--epochs", "--batch", "--l2", "--target", "--history");
        var folder = options.Text("--out") ?? throw new ArgumentException("--out DIR is needed.");
        var data = await ExperimentData.ReadAsync(options.Text("--dataset") ?? throw new ArgumentException("--dataset FORMAT:PATH is needed."), isRanking: true);
        var encoder = FeatureEncoder.Fit(data.Clicks!.Schema, data.Clicks.Train);
        var (train, test) = (FeatureExamples.From(encoder.Encode(data.Clicks.Train)), FeatureExamples.From(encoder.Encode(data.Clicks.Test)));
        Directory.CreateDirectory(folder);
        Write(folder, "train", train);
        Write(folder, "test", test);
        var layout = train.Layout;
        var (target, history) = (options.Text("--target") ?? "item", options.Text("--history") ?? "history");
        File.WriteAllText(Path.Combine(folder, "layout.json"), JsonSerializer.Serialize(new
        {
            fields = layout.Fields.Select(field => new { field.Name, field.Count }),
            numbers = layout.Numbers,
            sequences = layout.Sequences.Select(sequence => new { sequence.Name, sequence.Count, sequence.MaxLength }),
            target,
            history,
            train = train.Count,
            test = test.Count,
        }));
        var l2 = float.Parse(options.Text("--l2") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var model in (options.Text("--models") ?? "fm,embedding-mlp,deepfm,dcn-v2,din").Split(','))
        {
            for (var seed = 1; seed <= options.Integer("--seeds", 5); seed++)
            {
                Console.WriteLine(JsonSerializer.Serialize(new { program = "siskin", model, seed, auc = Auc(model, target, history, train, test, seed, options.Integer("--epochs", 2), options.Integer("--batch", 512), l2) }));
            }
        }
    }

    private static double Auc(string model, string target, string history, ExampleTable train, ExampleTable test, int seed, int epochs, int batch, float l2)
    {
        IRankingArchitecture architecture = model switch
        {
            "fm" => new FactorizationMachineModel { Dimensions = Dimensions, L2 = l2 },
            "embedding-mlp" => new EmbeddingMlp { Dimensions = Dimensions, L2 = l2 },
            "deepfm" => new DeepFm { Dimensions = Dimensions, L2 = l2 },
            "dcn-v2" => new DcnV2 { Dimensions = Dimensions, L2 = l2 },
            "din" => new Din { Target = target, History = history, Dimensions = Dimensions, L2 = l2 },
            _ => throw new ArgumentException($"there is no model '{model}' here."),
        };
        using var graph = architecture.Build(train.Layout, seed);
        using var step = new TrainingStep(graph, train, new Adam(), batch, 2);
        var (random, order) = (new Random(seed), Enumerable.Range(0, train.Count).ToArray());
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            for (var first = 0; first + batch <= train.Count; first += batch)
            {
                step.Run(order.AsMemory(first, batch));
            }
        }

        var scores = new float[test.Count];
        using var scorer = new GraphScorer(graph, 2);
        scorer.Score(test, scores);
        return BinaryMetrics.Auc(scores, test.Labels);
    }

    private static void Write(string folder, string part, ExampleTable examples)
    {
        Save("ids", System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(examples.Ids));
        Save("numbers", System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(examples.Numbers));
        Save("labels", System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(examples.Labels));
        for (var s = 0; s < examples.Sequences.Count; s++)
        {
            var length = examples.Layout.Sequences[s].MaxLength;
            var padded = new int[examples.Count * length];
            Array.Fill(padded, -1);
            for (var i = 0; i < examples.Count; i++)
            {
                examples.Sequences[s][i].CopyTo(padded.AsSpan(i * length));
            }

            Save($"sequence{s}", System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(padded));
        }

        void Save(string name, ReadOnlySpan<byte> content) => File.WriteAllBytes(Path.Combine(folder, $"{part}.{name}"), content);
    }
}
