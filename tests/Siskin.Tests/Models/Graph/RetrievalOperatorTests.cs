using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;

namespace Siskin.Tests.Models.Graph;

public sealed class RetrievalOperatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Causal_attention_has_the_gradients_of_its_loss(int heads) => GradientCheck.Check(g =>
    {
        var x = g.Sum(g.EmbedSequence(g.DenseTable("items", 5, 4), "history"), g.Places("history", 4));
        return g.Dense(g.Last(g.CausalAttention(g.Dense(x, 4), g.Dense(x, 4), x, heads)), 1);
    });

    [Fact]
    public void Dense_reads_causal_means_and_normal_rows_have_the_gradients_of_their_loss() => GradientCheck.Check(g =>
    {
        var items = g.DenseTable("items", 5, 3);
        var history = g.CausalMean(g.EmbedSequence(items, "history"));
        return g.Dense(g.Concat(g.Normalize(g.Embed((items, "item"), (g.Table("users", 5, 2), "user"))), g.Last(history), g.MeanPool(history)), 1);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Softmax_over_items_has_the_gradients_of_its_loss(int negatives)
    {
        var settings = new SoftmaxSettings { Negatives = negatives, Temperature = 0.7f, Frequencies = [0, 3, 1, 0, 5], Weight = 0.8f };
        var g = new GraphBuilder("examples", GradientCheck.Layout, 3);
        var items = g.DenseTable("items", 5, 3);
        var x = g.Dense(g.Embeddings(3), 3, Activation.Tanh);
        g.ItemSoftmax(x, items, "item", settings);
        GradientCheck.Check(g.Build(x));

        g = new GraphBuilder("elements", GradientCheck.Layout, 3);
        items = g.DenseTable("items", 5, 3);
        x = g.Dense(g.EmbedSequence(items, "history"), 3, Activation.Tanh);
        g.ItemSoftmax(x, items, "history", settings);
        GradientCheck.Check(g.Build(g.Last(x)));
    }

    [Fact]
    public void Softmax_within_the_batch_has_the_gradients_of_its_loss()
    {
        var g = new GraphBuilder("towers", GradientCheck.Layout, 3);
        var user = g.Normalize(g.Dense(g.InputsOf(["user", "history", "age"], 3), 4));
        var item = g.Normalize(g.Dense(g.InputsOf(["item", "price"], 3), 4));
        g.InBatchSoftmax(user, item, "item", new SoftmaxSettings { Temperature = 0.5f, Frequencies = [1, 3, 2, 0, 5] });
        GradientCheck.Check(g.Build(user, item));
    }

    [Fact]
    public void Many_drawn_items_stand_for_all()
    {
        var whole = Loss(0);
        Assert.InRange(Loss(4000), whole - 0.05, whole + 0.05);

        static double Loss(int negatives)
        {
            var layout = new ExampleLayout { Fields = [new("user", 4), new("item", 50)], Labels = [] };
            var g = new GraphBuilder("drawn", layout, 5);
            var x = g.Embed((g.DenseTable("users", 4, 6, Initialization.Normal(1)), "user"));
            g.ItemSoftmax(x, g.DenseTable("items", 50, 6, Initialization.Normal(1)), "item", new SoftmaxSettings { Negatives = negatives, Frequencies = [.. Enumerable.Range(0, 50)] });
            using var graph = g.Build(x);
            var random = new Random(2);
            var ids = Enumerable.Range(0, 64).SelectMany(_ => new[] { random.Next(4), 1 + random.Next(49) }).ToArray();
            using var step = new TrainingStep(graph, new ExampleTable(layout, 64, ids, [], [], []), new Sgd(1), 64, 2);
            return step.Run(Enumerable.Range(0, 64).ToArray(), 0);
        }
    }

    [Fact]
    public void Targets_that_are_none_do_not_count()
    {
        var layout = new ExampleLayout { Fields = [new("item", 3)], Labels = [] };
        var g = new GraphBuilder("none", layout, 5);
        var items = g.DenseTable("items", 3, 2, Initialization.Normal(1));
        var x = g.Embed((items, "item"));
        g.ItemSoftmax(x, items, "item");
        using var graph = g.Build(x);
        using var step = new TrainingStep(graph, new ExampleTable(layout, 2, [0, 0], [], [], []), new Sgd(1), 2, 1);
        var before = graph.Parameters[0].Span.ToArray();
        Assert.Equal(0, step.Run(new[] { 0, 1 }));
        Assert.Equal(before, graph.Parameters[0].Span.ToArray());
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        var g = new GraphBuilder("bad", GradientCheck.Layout);
        var history = g.EmbedSequence(g.Table("items", 5, 4), "history");
        Assert.Throws<ArgumentException>(() => g.CausalAttention(history, history, history, 3));
        Assert.Throws<ArgumentException>(() => g.ItemSoftmax(history, g.Table("other", 5, 4), "history"));
        Assert.Throws<ArgumentException>(() => g.ItemSoftmax(history, g.DenseTable("narrow", 5, 3), "history"));
        Assert.Throws<ArgumentException>(() => g.InBatchSoftmax(history, history, "item"));
        Assert.Throws<ArgumentException>(() => g.InputsOf(["item", "colour"], 4));
        Assert.Throws<ArgumentException>(() => g.Last(g.Numbers()));
    }
}
