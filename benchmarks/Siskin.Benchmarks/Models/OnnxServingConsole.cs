using System.Diagnostics;
using System.Globalization;
using Siskin.Inference.Onnx;
using Siskin.Inference.Onnx.Runtime;
using Siskin.Inference.Tensors;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Serving;
using Siskin.Models.Ranking.Deep;

namespace Siskin.Benchmarks.Models;

/// <summary>The time that one request takes on one thread: a graph compiled for serving, the same graph row by row, and the same exported and run by ONNX Runtime.</summary>
/// <remarks>
/// <c>onnx-serving [--candidates 500] [--rounds 15]</c>. The three take turns, a round over all users each; medians over the rounds are told.
/// ONNX Runtime gets its tensors ready-made, the user's inputs repeated for each row: filling them is not in its time.
/// </remarks>
internal static class OnnxServingConsole
{
    private const int Items = 20_000;
    private const int Users = 32;

    public static void Run(string[] arguments)
    {
        var options = new ModeArguments(arguments, "--candidates", "--rounds");
        var (candidates, rounds) = (options.Integer("--candidates", 500), options.Integer("--rounds", 15));
        Console.WriteLine($"ONNX Runtime {OnnxRuntimeLibrary.Default().Version}; one user, {candidates} candidates of {Items}, one thread; medians of {rounds} rounds over {Users} users");
        Console.WriteLine("| model | compiled, ms a request | row by row, ms | ONNX Runtime, ms | ONNX Runtime / compiled | largest difference of a logit, compiled | ONNX Runtime | logits from, to |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        string[] user = [.. Enumerable.Range(0, 10).Select(i => $"user{i}")], item = [.. Enumerable.Range(0, 10).Select(i => $"item{i}")];
        var fields = new ExampleLayout
        {
            Fields = [.. user.Select(name => new IdField(name, 1000)), new(item[0], Items), .. item[1..].Select(name => new IdField(name, 1000)), new("cross0", 1000), new("cross1", 1000)],
            Numbers = ["number0", "number1"],
        };
        using (var graph = new DeepFm { Dimensions = 16, Layers = [256, 128, 64] }.Build(fields))
        {
            Measure("DeepFM: 10 fields of the user, 10 of the item, 2 and 2 numbers of both; 16; 256-128-64", graph, new GraphSides { User = user, Item = item }, candidates, rounds);
        }

        var history = new ExampleLayout { Fields = [new("user", 1000), new("city", 300), new("hour", 24), new("item", Items), new("category", 200)], Sequences = [new("history", Items, 50)] };
        using var din = new Din { Target = "item", History = "history", Dimensions = 16, Layers = [256, 128, 64] }.Build(history);
        Measure("DIN: history of 50; 16; attention 36; 256-128-64", din, new GraphSides { User = ["user", "city", "hour", "history"], Item = ["item", "category"] }, candidates, rounds);
    }

    private static void Measure(string name, ModelGraph graph, GraphSides sides, int candidates, int rounds)
    {
        Spread(graph);
        var random = new Random(3);
        var layout = graph.Layout;
        var items = Examples(layout, Items, random, isItem: true);
        var users = Examples(layout, Users, random, isItem: false);
        var rows = Enumerable.Range(0, Users).Select(_ => Enumerable.Range(0, candidates).Select(_ => random.Next(Items)).ToArray()).ToArray();
        var requests = rows.Select((own, user) => Request(layout, sides, users, user, items, own, random)).ToArray();
        var compiled = GraphCompiler.Compile(graph, sides, items);
        var (ids, numbers) = (requests.Select(request => Cross(request.Ids, layout.Fields.Count, compiled.CrossFields, candidates)).ToArray(), requests.Select(request => Cross(request.Numbers, layout.Numbers.Count, compiled.CrossNumbers, candidates)).ToArray());
        var path = Path.Combine(Path.GetTempPath(), $"siskin-{Guid.NewGuid():N}.onnx");
        OnnxExporter.Write(graph, path);
        using var servable = OnnxServable.Load(path);
        File.Delete(path);
        var tensors = requests.Select(request => servable.Inputs.Select(input => Input(request, input.Name)).ToArray()).ToArray();
        using var scorer = new GraphScorer(graph, 1);
        var (plain, shared, foreign) = (new float[candidates], new float[candidates], Array.Empty<float>());
        Action<int>[] engines = [Compiled, user => scorer.Score(requests[user], plain), user => foreign = (float[])servable.RunAsync(tensors[user], ["logits"]).Result[0].Data];
        var (ours, theirs) = (0f, 0f);
        var (from, to) = (float.MaxValue, float.MinValue);
        for (var user = 0; user < Users; user++)
        {
            Array.ForEach(engines, engine => engine(user));
            for (var i = 0; i < candidates; i++)
            {
                (from, to) = (Math.Min(from, plain[i]), Math.Max(to, plain[i]));
                ours = Math.Max(ours, Math.Abs(shared[i] - plain[i]));
                theirs = Math.Max(theirs, Math.Abs(foreign[i] - plain[i]));
            }
        }

        var times = Array.ConvertAll(engines, _ => new double[rounds]);
        for (var round = -1; round < rounds; round++)
        {
            for (var engine = 0; engine < engines.Length; engine++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var user = 0; user < Users; user++)
                {
                    engines[engine](user);
                }

                // The first round warms up.
                if (round >= 0)
                {
                    times[engine][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / Users;
                }
            }
        }

        Array.ForEach(times, Array.Sort);
        var median = Array.ConvertAll(times, own => own[rounds / 2]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {median[0]:F3} | {median[1]:F3} | {median[2]:F3} | {median[2] / median[0]:F1} | {ours:G2} | {theirs:G2} | {from:F2}, {to:F2} |"));

        void Compiled(int user)
        {
            using var session = compiled.Rent();
            users.Ids.AsSpan(user * layout.Fields.Count, layout.Fields.Count).CopyTo(session.UserIds);
            for (var s = 0; s < layout.Sequences.Count; s++)
            {
                session.SetUserSequence(s, users.Sequences[s][user]);
            }

            session.Score(rows[user], ids[user], numbers[user], shared);
        }
    }

    // Weights as large as those of trained models, so that scores differ.
    private static unsafe void Spread(ModelGraph graph)
    {
        var random = new Random(7);
        foreach (var parameter in graph.Parameters)
        {
            var width = parameter.Kind == ParameterKind.Table ? 0.8f : 0.15f;
            for (var i = 0L; i < parameter.Length; i++)
            {
                parameter.Values[i] += (random.NextSingle() - 0.5f) * width;
            }
        }
    }

    // An item's first field of all items is itself.
    private static ExampleTable Examples(ExampleLayout layout, int count, Random random, bool isItem) => new(
        layout,
        count,
        [.. Enumerable.Range(0, count).SelectMany(i => layout.Fields.Select(field => isItem && field.Count == Items ? i : random.Next(field.Count)))],
        new float[count * layout.Numbers.Count],
        [.. layout.Sequences.Select(sequence => new IdSequences([.. Enumerable.Range(0, count + 1).Select(i => i * sequence.MaxLength)], [.. Enumerable.Range(0, count * sequence.MaxLength).Select(_ => random.Next(sequence.Count))]))],
        new float[count]);

    // The candidates of one request as examples of their own.
    private static ExampleTable Request(ExampleLayout layout, GraphSides sides, ExampleTable users, int user, ExampleTable items, int[] rows, Random random)
    {
        var fields = layout.Fields.Count;
        return new ExampleTable(
            layout,
            rows.Length,
            [.. rows.SelectMany(row => layout.Fields.Select((field, f) => sides.Of(field.Name) switch
            {
                InputSide.User => users.Ids[(user * fields) + f],
                InputSide.Item => items.Ids[(row * fields) + f],
                _ => random.Next(field.Count),
            }))],
            [.. Enumerable.Range(0, rows.Length * layout.Numbers.Count).Select(_ => random.NextSingle())],
            [.. layout.Sequences.Select((sequence, s) => new IdSequences([.. Enumerable.Range(0, rows.Length + 1).Select(i => i * sequence.MaxLength)], [.. rows.SelectMany(_ => users.Sequences[s][user].ToArray())]))],
            new float[rows.Length]);
    }

    private static T[] Cross<T>(T[] values, int width, IReadOnlyList<int> columns, int candidates) =>
        [.. Enumerable.Range(0, candidates).SelectMany(i => columns.Select(column => values[(i * width) + column]))];

    private static Tensor Input(ExampleTable request, string name)
    {
        var (layout, n) = (request.Layout, request.Count);
        if (layout.Numbers.Contains(name))
        {
            return Tensor.Of(name, Cross(request.Numbers, layout.Numbers.Count, [layout.Numbers.ToList().IndexOf(name)], n), n);
        }

        if (layout.Sequences.Any(sequence => sequence.Name == name))
        {
            var sequence = layout.Sequence(name);
            return Tensor.Of(name, Array.ConvertAll(request.Sequences[sequence].Ids, id => (long)id), n, layout.Sequences[sequence].MaxLength);
        }

        return Tensor.Of(name, Array.ConvertAll(Cross(request.Ids, layout.Fields.Count, [layout.Field(name)], n), id => (long)id), n);
    }
}
