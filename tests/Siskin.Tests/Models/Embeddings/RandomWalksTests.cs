using Siskin.Models.Embeddings;
using Siskin.Models.Interactions;

namespace Siskin.Tests.Models.Embeddings;

public sealed class RandomWalksTests
{
    // 0-1-2 a triangle, 3 hangs on 1, 4 hangs on 3; weights as given, both ways.
    private static readonly InteractionMatrix Graph = Undirected(5, (0, 1, 2f), (1, 2, 1f), (0, 2, 3f), (1, 3, 4f), (3, 4, 1f));

    [Fact]
    public void Transitions_of_sessions_are_counted()
    {
        var sessions = ItemSequences.From(3, [[0, 1, 2], [0, 1, 1, 0]]);
        var directed = TransitionGraph.FromSessions(sessions);
        Assert.Equal([0, 1, 3, 3], directed.RowStarts);
        Assert.Equal([1, 0, 2], directed.Columns);
        Assert.Equal([2f, 1f, 1f], directed.Values);
        Assert.Equal([3f, 3f, 1f, 1f], TransitionGraph.FromSessions(sessions, directed: false).Values);
    }

    [Theory]
    [InlineData(0.25, 4)]
    [InlineData(4, 0.25)]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void Second_order_steps_have_the_probabilities_of_node2vec(double p, double q)
    {
        var sampler = new WalkSampler(Graph, new RandomWalkOptions { ReturnParameter = p, InOutParameter = q });
        var random = new RandomStream(3, 1);
        const int draws = 100_000;
        var counts = new int[5];
        for (var i = 0; i < draws; i++)
        {
            counts[sampler.Next(0, 1, ref random)]++;
        }

        // From 0 by 1: back to 0 weighs 2/p; 2 is a neighbour of 0, weighs 1; 3 is two steps off, weighs 4/q.
        double[] weights = [2 / p, 0, 1, 4 / q, 0];
        for (var node = 0; node < 5; node++)
        {
            Assert.Equal(weights[node] / weights.Sum(), counts[node] / (double)draws, 0.006);
        }
    }

    [Fact]
    public void With_p_and_q_of_1_walks_are_those_of_first_order_steps()
    {
        var sampler = new WalkSampler(Graph, new RandomWalkOptions());
        Assert.True(sampler.IsFirstOrder);
        var walks = RandomWalks.Generate(Graph, new RandomWalkOptions { WalksPerNode = 2000, Length = 10 }, TestContext.Current.CancellationToken);
        var counts = new double[5, 5];
        for (var walk = 0; walk < walks.Count; walk++)
        {
            for (var at = 1; at < walks[walk].Length; at++)
            {
                counts[walks[walk][at - 1], walks[walk][at]]++;
            }
        }

        for (var from = 0; from < 5; from++)
        {
            var total = Enumerable.Range(0, 5).Sum(to => counts[from, to]);
            var row = Graph.Row(from);
            var weight = row.Values.ToArray().Sum();
            for (var i = 0; i < row.Length; i++)
            {
                Assert.Equal(row.Values[i] / weight, counts[from, row.Columns[i]] / total, 0.015);
            }
        }
    }

    [Fact]
    public void Unweighted_steps_take_all_edges_alike()
    {
        var sampler = new WalkSampler(Graph, new RandomWalkOptions { Weighted = false });
        var random = new RandomStream(3, 1);
        var counts = new int[5];
        for (var i = 0; i < 60_000; i++)
        {
            counts[sampler.Next(1, ref random)]++;
        }

        Assert.All([0, 2, 3], node => Assert.Equal(1 / 3.0, counts[node] / 60_000.0, 0.01));
    }

    [Fact]
    public void Threads_do_not_change_the_walks_and_seeds_do()
    {
        var options = new RandomWalkOptions { Threads = 1, ReturnParameter = 0.5, InOutParameter = 2, WalksPerNode = 100 };
        var walks = RandomWalks.Generate(Graph, options, TestContext.Current.CancellationToken);
        Assert.Equal(walks.Items, RandomWalks.Generate(Graph, options with { Threads = 4 }, TestContext.Current.CancellationToken).Items);
        Assert.NotEqual(walks.Items, RandomWalks.Generate(Graph, options with { Seed = 2 }, TestContext.Current.CancellationToken).Items);
    }

    [Fact]
    public void A_walk_ends_where_no_edge_leaves()
    {
        var graph = InteractionMatrix.FromInteractions([new(0, 1, 1, 0), new(1, 2, 1, 0)], 4, 4);
        var walks = RandomWalks.Generate(graph, new RandomWalkOptions { WalksPerNode = 1, ReturnParameter = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal(2, walks.Count);
        Assert.Equal(["0,1,2", "1,2"], new[] { string.Join(",", walks[0].ToArray()), string.Join(",", walks[1].ToArray()) }.Order());
    }

    [Fact]
    public void Bad_graphs_and_options_are_refused()
    {
        Assert.Throws<ArgumentException>(() => RandomWalks.Generate(new InteractionMatrix(2, [0, 0, 0, 0], [], []), new()));
        Assert.Throws<ArgumentException>(() => RandomWalks.Generate(new InteractionMatrix(2, [0, 0, 0], [], []), new()));
        Assert.Throws<ArgumentException>(() => RandomWalks.Generate(Graph, new() { ReturnParameter = 0 }));
    }

    private static InteractionMatrix Undirected(int nodes, params (int A, int B, float Weight)[] edges) =>
        InteractionMatrix.FromInteractions([.. edges.SelectMany(e => new Interaction[] { new(e.A, e.B, e.Weight, 0), new(e.B, e.A, e.Weight, 0) })], nodes, nodes);
}
