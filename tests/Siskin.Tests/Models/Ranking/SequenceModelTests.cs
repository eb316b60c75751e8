using Siskin.Models.Graph;
using Siskin.Models.Graph.Optimizers;
using Siskin.Models.Ranking.Deep;
using Siskin.Models.Training;

namespace Siskin.Tests.Models.Ranking;

public sealed class SequenceModelTests
{
    private const int Items = 8;

    [Fact]
    public void A_gru_learns_what_depends_on_order_and_a_mean_does_not()
    {
        // The label says whether id 1 stands before id 2; both are in every history, at any places among others.
        var layout = new ExampleLayout { Sequences = [new("history", Items, 7)] };
        var (training, test) = (Histories(layout, 1500, 1), Histories(layout, 500, 2));
        Assert.InRange(Auc(g => g.Last(g.Gru(g.EmbedSequence(g.Table("items", Items, 8), "history"), 12)), layout, training, test), 0.99, 1);
        Assert.InRange(Auc(g => g.MeanPool(g.EmbedSequence(g.Table("items", Items, 8), "history")), layout, training, test), 0.3, 0.7);
    }

    [Fact]
    public void Dien_learns_clicks_and_to_foretell_the_next_element_together()
    {
        // Histories count upwards around a circle from anywhere, and the candidate is clicked if it comes next.
        var layout = new ExampleLayout { Fields = [new("item", 12)], Sequences = [new("history", 12, 6), new("negatives", 12, 6)] };
        var (training, test) = (Circles(layout, 800, 3), Circles(layout, 500, 4));
        using var graph = new Dien { Target = "item", History = "history", Negatives = "negatives", Dimensions = 8, Hidden = 8, Layers = [16] }.Build(layout);
        var report = new GraphTrainer(new GraphTrainerOptions { Epochs = 25, BatchSize = 50, Optimizer = new Adam(0.01f), Threads = 1 }).Train(graph, training);
        using var scorer = new GraphScorer(graph, 1);
        Assert.InRange(GraphTrainer.Validate(scorer, graph, test).Auc, 0.98, 1);

        // Who knows nothing has log 2 for the click and 2 log 2 for the pair.
        Assert.InRange(report.Epochs[0].Loss, 1.5, 2.2);
        Assert.InRange(report.Epochs[^1].Loss, 0, 0.3);
    }

    private static double Auc(Func<GraphBuilder, Node> encode, ExampleLayout layout, ExampleTable training, ExampleTable test)
    {
        var g = new GraphBuilder("order", layout, 3);
        var logit = g.Dense(g.Mlp(encode(g), [16]), 1);
        g.BinaryCrossEntropy(logit);
        using var graph = g.Build(logit);
        new GraphTrainer(new GraphTrainerOptions { Epochs = 25, BatchSize = 50, Optimizer = new Adam(0.01f), Threads = 1 }).Train(graph, training);
        using var scorer = new GraphScorer(graph, 1);
        return GraphTrainer.Validate(scorer, graph, test).Auc;
    }

    private static ExampleTable Histories(ExampleLayout layout, int count, int seed)
    {
        var random = new Random(seed);
        var (offsets, ids, labels) = (new List<int> { 0 }, new List<int>(), new List<float>());
        for (var i = 0; i < count; i++)
        {
            int[] history = [1, 2, .. Enumerable.Range(0, random.Next(6)).Select(_ => 3 + random.Next(Items - 3))];
            random.Shuffle(history);
            ids.AddRange(history);
            offsets.Add(ids.Count);
            labels.Add(Array.IndexOf(history, 1) < Array.IndexOf(history, 2) ? 1 : 0);
        }

        return new ExampleTable(layout, count, [], [], [new IdSequences([.. offsets], [.. ids])], [.. labels]);
    }

    private static ExampleTable Circles(ExampleLayout layout, int count, int seed)
    {
        var random = new Random(seed);
        var (offsets, ids, negatives, items, labels) = (new List<int> { 0 }, new List<int>(), new List<int>(), new List<int>(), new List<float>());
        for (var i = 0; i < count; i++)
        {
            var (start, length) = (random.Next(12), 2 + random.Next(5));
            for (var t = 0; t < length; t++)
            {
                ids.Add((start + t) % 12);
                negatives.Add((start + t + 1 + random.Next(11)) % 12);
            }

            offsets.Add(ids.Count);
            labels.Add(i % 2);
            items.Add((start + length + (i % 2 == 1 ? 0 : 1 + random.Next(11))) % 12);
        }

        int[] ends = [.. offsets];
        return new ExampleTable(layout, count, [.. items], [], [new IdSequences(ends, [.. ids]), new IdSequences(ends, [.. negatives])], [.. labels]);
    }
}
