using Siskin.Models.Graph;
using Siskin.Models.Graph.Serving;
using Siskin.Models.Ranking.Deep;

namespace Siskin.Tests.Models.Graph.Serving;

public sealed class GraphCompilerTests
{
    private const int Items = 17;
    private const int Candidates = 40;

    private static readonly ExampleLayout Layout = new()
    {
        Fields = [new("user", 6), new("item", Items), new("shelf", 5), new("kind", 4)],
        Numbers = ["age", "price", "rank"],
        Sequences = [new("history", Items, 7), new("tags", 9, 3)],
    };

    private static readonly GraphSides Sides = new() { User = ["user", "age", "history"], Item = ["item", "kind", "price", "tags"] };

    /// <summary>All ranking models, by name.</summary>
    public static TheoryData<string> Models => [.. RankingModel.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Scores_are_those_of_the_graph(string name)
    {
        foreach (var sides in new[] { Sides, new GraphSides(), Sides with { Item = ["tags"] }, new GraphSides { User = ["history"], Item = ["item", "kind", "price", "tags", "shelf", "rank"] } })
        {
            var fits = new GraphSides { User = [.. sides.User, .. Missing(sides, "history")], Item = [.. sides.Item, .. Missing(sides, "tags")] };
            using var graph = Perturbed(RankingModel.Find(name).Defaults.Build(Layout, 4));
            for (var length = 0; length <= 7; length += 7)
            {
                var (wanted, found) = Both(graph, fits, new CompileOptions { Block = 16 }, length);
                for (var i = 0; i < wanted.Length; i++)
                {
                    Assert.True(MathF.Abs(wanted[i] - found[i]) <= 1e-5f * (1 + MathF.Abs(wanted[i])), $"{name}, candidate {i}: {found[i]} for {wanted[i]}");
                }
            }
        }

        static string[] Missing(GraphSides sides, string sequence) => sides.Of(sequence) == InputSide.Cross ? [sequence] : [];
    }

    [Fact]
    public void Operators_without_a_way_of_their_own_run_as_they_are()
    {
        var g = new GraphBuilder("any", Layout, 5);
        var items = g.Table("items", Items, 4);
        var history = g.EmbedSequence(items, "history");
        var target = g.Embed((items, "item"));
        var weights = g.Softmax(g.RowDot(history, g.Repeat(target, "history")));
        var tags = g.EmbedSequence(g.Table("tags", 9, 4), "tags");
        var tagWeights = g.Dense(g.Multiply(tags, g.Repeat(g.Embed((g.Table("users", 6, 4), "user")), "tags")), 1, Activation.Sigmoid);
        var compared = g.WeightedPool(g.Dense(g.Dense(g.TargetComparison(history, target), 5, Activation.Tanh), 1, Activation.Sigmoid), history);
        var x = g.LayerNorm(g.Concat(compared, g.WeightedPool(weights, history), target, g.WeightedPool(tagWeights, tags), g.Last(g.CausalAttention(history, history, history)), g.Numbers()));
        var first = g.Sum(g.Dense(g.Normalize(x), 1), g.RowDot(g.MeanPool(history), target));
        var second = g.Dense(g.Dice(g.Dense(x, 3)), 1);
        g.BinaryCrossEntropy(first);
        using var graph = Perturbed(g.Build(first, second, g.Embed((g.Table("age", 6, 1), "user")), g.Dense(g.MeanPool(tags), 1)));
        var (wanted, found) = Both(graph, Sides, new CompileOptions { Block = 7 }, 5);
        Assert.Equal(4 * Candidates, found.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i], found[i], 1e-5f);
        }
    }

    [Theory]
    [InlineData(RowFormat.Half, 2e-3f)]
    [InlineData(RowFormat.Int8, 3e-2f)]
    public void Shorter_rows_change_scores_little_and_take_less_memory(RowFormat format, float tolerance)
    {
        using var graph = Perturbed(new DeepFm().Build(Layout));
        var exact = GraphCompiler.Compile(graph, Sides, Examples(Items, 0, new Random(1))).ItemBytes;
        Assert.True(GraphCompiler.Compile(graph, Sides, Examples(Items, 0, new Random(1)), new CompileOptions { Rows = format }).ItemBytes < 0.6 * exact);
        var (wanted, found) = Both(graph, Sides, new CompileOptions { Rows = format }, 4);
        var spread = wanted.Max() - wanted.Min();
        for (var i = 0; i < wanted.Length; i++)
        {
            Assert.True(MathF.Abs(wanted[i] - found[i]) <= tolerance * spread, $"{found[i]} for {wanted[i]}, among {spread}");
        }
    }

    [Theory]
    [InlineData("deepfm")]
    [InlineData("din")]
    public void Scoring_allocates_nothing(string name)
    {
        using var graph = Perturbed(RankingModel.Find(name).Defaults.Build(Layout));
        var compiled = GraphCompiler.Compile(graph, Sides, Examples(Items, 0, new Random(1)));
        var (items, ids, numbers, logits) = (new int[Candidates], new int[Candidates], new float[Candidates], new float[Candidates]);
        // Code that has run seldom is not compiled well yet, and may allocate; that ends.
        var allocated = long.MaxValue;
        for (var attempt = 0; attempt < 100 && allocated > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                Once();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Thread.Sleep(allocated > 0 ? 20 : 0);
        }

        Assert.Equal(0, allocated);

        void Once()
        {
            using var session = compiled.Rent();
            session.SetUserSequence(0, [1, 2, 3]);
            session.Score(items, ids, numbers, logits);
        }
    }

    [Fact]
    public async Task Sessions_do_not_disturb_each_other()
    {
        using var graph = Perturbed(new Din().Build(Layout));
        var compiled = GraphCompiler.Compile(graph, Sides, Examples(Items, 0, new Random(1)));
        var wanted = Enumerable.Range(0, 6).Select(Score).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 60; i++)
            {
                Assert.Equal(wanted[i % 6], Score(i % 6));
            }
        })));

        float[] Score(int user)
        {
            using var session = compiled.Rent();
            session.UserIds[0] = user;
            session.UserNumbers[0] = user;
            session.SetUserSequence(0, [user, user + 1]);
            var logits = new float[Items];
            session.Score([.. Enumerable.Range(0, Items)], new int[Items], new float[Items], logits);
            return logits;
        }
    }

    [Fact]
    public void A_session_given_back_twice_goes_to_one_request_and_knows_nobody()
    {
        using var graph = Perturbed(new Din().Build(Layout));
        var compiled = GraphCompiler.Compile(graph, Sides, Examples(Items, 0, new Random(1)));
        var session = compiled.Rent();
        session.UserIds.Fill(1);
        session.UserNumbers.Fill(7);
        session.SetUserSequence(0, [1, 2]);
        session.Dispose();
        session.Dispose();
        using var first = compiled.Rent();
        using var second = compiled.Rent();
        Assert.NotSame(first, second);
        Assert.All(first.UserIds.ToArray(), id => Assert.Equal(0, id));
        Assert.All(first.UserNumbers.ToArray(), number => Assert.Equal(0, number));
        Assert.Equal(Scores(second), Scores(first));

        static float[] Scores(ServingSession session)
        {
            var logits = new float[2];
            session.Score([1, 2], [0, 0], [0, 0], logits);
            return logits;
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var graph = new Din().Build(Layout);
        var items = Examples(Items, 0, new Random(1));
        Assert.Contains("colour", Assert.Throws<ArgumentException>(() => GraphCompiler.Compile(graph, Sides with { User = ["colour"] }, items)).Message, StringComparison.Ordinal);
        Assert.Contains("'item' is the user's and the item's", Assert.Throws<ArgumentException>(() => GraphCompiler.Compile(graph, Sides with { User = ["item"] }, items)).Message, StringComparison.Ordinal);
        Assert.Contains("'history'", Assert.Throws<ArgumentException>(() => GraphCompiler.Compile(graph, Sides with { User = ["user"] }, items)).Message, StringComparison.Ordinal);
        using var session = GraphCompiler.Compile(graph, Sides, items).Rent();
        Assert.Contains("no item 17", Assert.Throws<ArgumentException>(() => session.Score([17], [0], [0], new float[1])).Message, StringComparison.Ordinal);
        Assert.Contains("'shelf' is not below 5", Assert.Throws<ArgumentException>(() => session.Score([1], [5], [0], new float[1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Score([1], [1], [0], new float[2]));
        Assert.Throws<ArgumentException>(() => session.SetUserSequence(0, new int[8]));
        Assert.Throws<ArgumentException>(() => session.SetUserSequence(0, [Items]));
    }

    // Random candidates of one user, by the graph as it is and compiled.
    private static (float[] Wanted, float[] Found) Both(ModelGraph graph, GraphSides sides, CompileOptions options, int historyLength)
    {
        var random = new Random(8);
        var items = Examples(Items, 3, random);
        var user = Examples(1, historyLength, random);
        var own = Examples(Candidates, 3, random);
        var rows = Enumerable.Range(0, Candidates).Select(_ => random.Next(Items)).ToArray();
        var (fields, numbers) = (Layout.Fields.Count, Layout.Numbers.Count);
        var ids = own.Ids.Select((id, i) => Of(Layout.Fields[i % fields].Name, id, user.Ids[i % fields], items.Ids[(rows[i / fields] * fields) + (i % fields)])).ToArray();
        var values = own.Numbers.Select((number, i) => Of(Layout.Numbers[i % numbers], number, user.Numbers[i % numbers], items.Numbers[(rows[i / numbers] * numbers) + (i % numbers)])).ToArray();
        var sequences = Layout.Sequences.Select((sequence, s) =>
        {
            var offsets = new int[Candidates + 1];
            var all = new List<int>();
            for (var i = 0; i < Candidates; i++)
            {
                all.AddRange(sides.Of(sequence.Name) == InputSide.User ? user.Sequences[s][0] : items.Sequences[s][rows[i]]);
                offsets[i + 1] = all.Count;
            }

            return new IdSequences(offsets, [.. all]);
        }).ToArray();
        var wanted = new float[Candidates * graph.OutputWidth];
        using (var scorer = new GraphScorer(graph, 1))
        {
            scorer.Score(new ExampleTable(Layout, Candidates, ids, values, sequences, new float[Candidates]), wanted);
        }

        var compiled = GraphCompiler.Compile(graph, sides, items, options);
        using var session = compiled.Rent();
        user.Ids.CopyTo(session.UserIds);
        user.Numbers.CopyTo(session.UserNumbers);
        for (var s = 0; s < Layout.Sequences.Count; s++)
        {
            session.SetUserSequence(s, user.Sequences[s][0]);
        }

        var found = new float[wanted.Length];
        session.Score(
            rows,
            [.. Enumerable.Range(0, Candidates).SelectMany(i => compiled.CrossFields.Select(field => ids[(i * fields) + field]))],
            [.. Enumerable.Range(0, Candidates).SelectMany(i => compiled.CrossNumbers.Select(number => values[(i * numbers) + number]))],
            found);
        return (wanted, found);

        T Of<T>(string name, T cross, T ofUser, T ofItem) => sides.Of(name) switch
        {
            InputSide.User => ofUser,
            InputSide.Item => ofItem,
            _ => cross,
        };
    }

    private static ExampleTable Examples(int count, int length, Random random) => new(
        Layout,
        count,
        [.. Enumerable.Range(0, count).SelectMany(_ => Layout.Fields.Select(field => random.Next(field.Count)))],
        [.. Enumerable.Range(0, count * Layout.Numbers.Count).Select(_ => random.NextSingle() - 0.5f)],
        [.. Layout.Sequences.Select(sequence =>
        {
            var own = Math.Min(length, sequence.MaxLength);
            return new IdSequences([.. Enumerable.Range(0, count + 1).Select(i => i * own)], [.. Enumerable.Range(0, count * own).Select(_ => random.Next(sequence.Count))]);
        })],
        new float[count]);

    // Starting values near zero would hide what goes wrong.
    private static unsafe ModelGraph Perturbed(ModelGraph graph)
    {
        var random = new Random(9);
        foreach (var parameter in graph.Parameters)
        {
            for (var i = 0; i < parameter.Length; i++)
            {
                parameter.Values[i] += random.NextSingle() * 0.4f;
            }
        }

        return graph;
    }
}
