using System.Globalization;
using System.Text.Json;
using Siskin.Models.Evaluation;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;

namespace Siskin.Benchmarks.Models;

/// <summary>Training speed of DeepFM, DIN and DIEN on examples that it makes, which a PyTorch program reads too.</summary>
/// <remarks>
/// <c>ctr-speed write --out F</c> writes the examples; <c>ctr-speed train --examples F</c> trains and prints a line of JSON per
/// epoch. The file: n, fields, history length and vocabulary as int32, then ids n × fields, histories n × length (int32) and labels (float32).
/// </remarks>
internal static class CtrSpeedConsole
{
    public static void Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["write", .. var rest]:
                Write(new ModeArguments(rest, "--out", "--count", "--fields", "--length", "--vocabulary"));
                break;
            case ["train", .. var rest]:
                Train(new ModeArguments(rest, "--examples", "--model", "--layers", "--attention", "--hidden", "--dimensions", "--batch", "--threads", "--epochs", "--test", "--seed"));
                break;
            default:
                throw new ArgumentException("ctr-speed write or ctr-speed train is needed.");
        }
    }

    // Labels follow pairs of fields and what a history has in common with the candidate, so that models have something to learn.
    private static void Write(ModeArguments options)
    {
        var (count, fields) = (options.Integer("--count", 220_000), options.Integer("--fields", 24));
        var (length, vocabulary) = (options.Integer("--length", 0), options.Integer("--vocabulary", 1000));
        var random = new Random(7);
        var hidden = new float[fields, vocabulary];
        for (var f = 0; f < fields; f++)
        {
            for (var id = 0; id < vocabulary; id++)
            {
                hidden[f, id] = (random.NextSingle() * 2) - 1;
            }
        }

        var (ids, history, labels) = (new int[count * fields], new int[count * length], new float[count]);
        for (var i = 0; i < count; i++)
        {
            var logit = -0.5f;
            for (var f = 0; f < fields; f++)
            {
                // Few ids are frequent.
                ids[(i * fields) + f] = (int)(vocabulary * Math.Pow(random.NextDouble(), 2));
            }

            for (var f = 0; f + 1 < fields; f += 2)
            {
                var (a, b) = (hidden[f, ids[(i * fields) + f]], hidden[f + 1, ids[(i * fields) + f + 1]]);
                logit += (0.5f * a) + (1.5f * a * b);
            }

            for (var t = 0; t < length; t++)
            {
                var id = (int)(vocabulary * Math.Pow(random.NextDouble(), 2));
                history[(i * length) + t] = id;
                logit += id % 8 == ids[i * fields] % 8 ? 4f / length : 0;
            }

            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
        }

        using var writer = new BinaryWriter(File.Create(options.Text("--out") ?? throw new ArgumentException("--out FILE is needed.")));
        writer.Write(count);
        writer.Write(fields);
        writer.Write(length);
        writer.Write(vocabulary);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(ids));
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(history));
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(labels));
    }

    private static void Train(ModeArguments options)
    {
        var model = options.Text("--model");
        var examples = Read(options.Text("--examples") ?? throw new ArgumentException("--examples FILE is needed."), model == "dien");
        var (batch, threads, epochs) = (options.Integer("--batch", 1024), options.Integer("--threads", 2), options.Integer("--epochs", 2));
        var (dimensions, train) = (options.Integer("--dimensions", 16), examples.Count - options.Integer("--test", 20_000));
        var (layers, seed) = (Widths(options.Text("--layers") ?? "128-64"), options.Integer("--seed", 1));
        using var graph = model switch
        {
            "din" => new Din { Target = "f0", History = "history", Dimensions = dimensions, Layers = layers, AttentionLayers = Widths(options.Text("--attention") ?? "36") }.Build(examples.Layout, seed),
            "dien" => new Dien { Target = "f0", History = "history", Negatives = "negatives", Dimensions = dimensions, Hidden = options.Integer("--hidden", 32), Layers = layers }.Build(examples.Layout, seed),
            _ => new DeepFm { Dimensions = dimensions, Layers = layers }.Build(examples.Layout, seed),
        };
        using var step = new TrainingStep(graph, examples, new Adam(), batch, threads);
        using var scorer = new GraphScorer(graph, threads);
        var random = new Random(seed);
        var order = Enumerable.Range(0, train).ToArray();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle(order);
            var (watch, seen, losses) = (System.Diagnostics.Stopwatch.StartNew(), 0, 0.0);
            for (var first = 0; first + batch <= train; first += batch)
            {
                losses += step.Run(order.AsMemory(first, batch)) * batch;
                seen += batch;
            }

            var seconds = watch.Elapsed.TotalSeconds;
            var scores = new float[examples.Count];
            scorer.Score(examples, scores);
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                program = "siskin",
                version = typeof(ModelGraph).Assembly.GetName().Version?.ToString(3),
                epoch,
                samples_per_second = seen / seconds,
                loss = losses / seen,
                auc = BinaryMetrics.Auc(scores.AsSpan(train), examples.Labels.AsSpan(train)),
            }));
        }
    }

    private static ExampleTable Read(string path, bool hasNegatives)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var (count, fields, length, vocabulary) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var ids = ReadArray<int>(reader, count * fields);
        var history = ReadArray<int>(reader, count * length);
        int[] offsets = [.. Enumerable.Range(0, count + 1).Select(i => i * length)];
        var (inputs, sequences) = (new List<IdSequenceField>(), new List<IdSequences>());
        if (length > 0)
        {
            inputs.Add(new("history", vocabulary, length));
            sequences.Add(new IdSequences(offsets, history));
        }

        if (hasNegatives)
        {
            // Any other id does; this one the other program knows too.
            inputs.Add(new("negatives", vocabulary, length));
            sequences.Add(new IdSequences(offsets, [.. history.Select(id => (id + (vocabulary / 2)) % vocabulary)]));
        }

        var layout = new ExampleLayout { Fields = [.. Enumerable.Range(0, fields).Select(f => new IdField($"f{f}", vocabulary))], Sequences = inputs };
        return new ExampleTable(layout, count, ids, [], sequences, ReadArray<float>(reader, count));
    }

    private static T[] ReadArray<T>(BinaryReader reader, int count)
        where T : unmanaged
    {
        var values = new T[count];
        reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static int[] Widths(string text) => [.. text.Split('-').Select(width => int.Parse(width, CultureInfo.InvariantCulture))];
}
