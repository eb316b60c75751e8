using System.Diagnostics;
using System.Globalization;
using Siskin.Models.Graph;
using Siskin.Models.Graph.Serving;
using Siskin.Models.Ranking.Deep;

namespace Siskin.Benchmarks.Models;

/// <summary>The time that one request takes on one thread: compiled graphs beside the forward pass of training over the same candidates.</summary>
internal static class ServeGraphConsole
{
    private const int Items = 20_000;
    private const int Candidates = 500;
    private const int Users = 64;
    private const int Rounds = 9;

    public static void Run()
    {
        Console.WriteLine("| model | rows | forward pass of training, µs a request | compiled, µs a request | ratio | bytes an item | allocated | largest difference of a logit |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var ofEach in new[] { 12, 11, 10 })
        {
            var names = Enumerable.Range(0, 24).Select(i => i < ofEach ? $"user{i}" : i < 2 * ofEach ? $"item{i}" : $"cross{i}").ToArray();
            var fields = new ExampleLayout { Fields = [.. names.Select(name => new IdField(name, name == $"item{ofEach}" ? Items : 1000))] };
            using var graph = new DeepFm { Dimensions = 16, Layers = [128, 64] }.Build(fields);
            Measure($"DeepFM, {ofEach} fields of the user, {ofEach} of the item, {24 - (2 * ofEach)} of both; 128-64", graph, new GraphSides { User = names[..ofEach], Item = names[ofEach..(2 * ofEach)] });
        }

        var history = new ExampleLayout { Fields = [new("user", 1000), new("item", Items), new("hour", 24)], Sequences = [new("history", Items, 50)] };
        using var din = new Din { Dimensions = 16, AttentionLayers = [36], Layers = [200, 80] }.Build(history);
        Measure("DIN, history of 50, attention 36; 200-80", din, new GraphSides { User = ["user", "hour", "history"], Item = ["item"] });
    }

    private static void Measure(string name, ModelGraph graph, GraphSides sides)
    {
        var random = new Random(3);
        var items = Examples(graph.Layout, Items, random, i => i);
        var users = Examples(graph.Layout, Users, random, _ => random.Next(1000));
        var rows = Enumerable.Range(0, Users).Select(_ => Enumerable.Range(0, Candidates).Select(_ => random.Next(Items)).ToArray()).ToArray();
        var requests = rows.Select((own, user) => Request(graph.Layout, sides, users, user, items, own, random)).ToArray();
        var (wanted, found) = (new float[Candidates], new float[Candidates]);
        using var scorer = new GraphScorer(graph, 1);
        var training = Median(user => scorer.Score(requests[user], wanted));
        foreach (var format in Enum.GetValues<RowFormat>())
        {
            var compiled = GraphCompiler.Compile(graph, sides, items, new CompileOptions { Rows = format });
            var ids = requests.Select(request => Cross(request, compiled)).ToArray();
            var before = 0L;
            var time = Median(Score, () => before = GC.GetAllocatedBytesForCurrentThread());
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            var difference = 0f;
            for (var user = 0; user < Users; user++)
            {
                scorer.Score(requests[user], wanted);
                Score(user);
                difference = Math.Max(difference, wanted.Zip(found, (a, b) => Math.Abs(a - b)).Max());
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {format} | {training:F0} | {time:F0} | {training / time:F1} | {compiled.ItemBytes / Items} | {allocated} | {difference:G2} |"));

            void Score(int user)
            {
                using var session = compiled.Rent();
                users.Ids.AsSpan(user * graph.Layout.Fields.Count, graph.Layout.Fields.Count).CopyTo(session.UserIds);
                for (var s = 0; s < graph.Layout.Sequences.Count; s++)
                {
                    session.SetUserSequence(s, users.Sequences[s][user]);
                }

                session.Score(rows[user], ids[user], [], found);
            }
        }
    }

    private static double Median(Action<int> request, Action? started = null)
    {
        for (var user = 0; user < Users; user++)
        {
            request(user);
        }

        var times = new double[Rounds];
        started?.Invoke();
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var user = 0; user < Users; user++)
            {
                request(user);
            }

            times[round] = (Stopwatch.GetTimestamp() - start) * 1e6 / Stopwatch.Frequency / Users;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    private static int[] Cross(ExampleTable request, CompiledGraph compiled) =>
        [.. Enumerable.Range(0, Candidates).SelectMany(i => compiled.CrossFields.Select(field => request.Ids[(i * request.Layout.Fields.Count) + field]))];

    private static ExampleTable Examples(ExampleLayout layout, int count, Random random, Func<int, int> id) => new(
        layout,
        count,
        [.. Enumerable.Range(0, count).SelectMany(i => layout.Fields.Select((field, f) => f == 0 ? id(i) % field.Count : field.Count == Items ? i % Items : random.Next(field.Count)))],
        [],
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
            [],
            [.. layout.Sequences.Select((sequence, s) => new IdSequences(
                [.. Enumerable.Range(0, rows.Length + 1).Select(i => i * sequence.MaxLength)],
                [.. rows.SelectMany(_ => users.Sequences[s][user].ToArray())]))],
            new float[rows.Length]);
    }
}
