using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Embeddings;

/// <summary>Walks over a weighted graph: DeepWalk (Perozzi, Al-Rfou and Skiena 2014) and node2vec (Grover and Leskovec 2016).</summary>
public static class RandomWalks
{
    /// <summary>Walks from every node that has an edge, in rounds; each round takes the nodes in an order of its own.</summary>
    /// <param name="graph">Nodes × nodes; a row holds where edges lead, the value is the edge's weight.</param>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Stops within a small part of the walks.</param>
    /// <returns>The walks in the order in which to train on them.</returns>
    /// <exception cref="ArgumentException">The graph is not square or has no edge, an option is out of its range, or the walks would not fit in one array.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <remarks>The result depends on the seed, not on the number of threads. 8 bytes per edge for the draws, 4 per step of a walk.</remarks>
    public static ItemSequences Generate(InteractionMatrix graph, RandomWalkOptions options, CancellationToken cancellationToken = default)
    {
        OptionsValidation.Check(options);
        if (graph.RowCount != graph.ColumnCount)
        {
            throw new ArgumentException($"a graph is square; this has {graph.RowCount} rows and {graph.ColumnCount} columns", nameof(graph));
        }

        var origins = Origins(graph, options);
        var length = options.Length;
        if ((long)origins.Length * length > Array.MaxLength)
        {
            throw new ArgumentException($"{origins.Length} walks of {length} nodes do not fit in one array; take fewer or shorter ones", nameof(options));
        }

        var sampler = new WalkSampler(graph, options);
        var nodes = new int[origins.Length * length];
        var lengths = new int[origins.Length];
        RowPartition.Run(RowPartition.Create(origins.Length, _ => 1), options.Threads, cancellationToken, () => 0, (_, first, end) =>
        {
            for (var walk = first; walk < end; walk++)
            {
                var random = new RandomStream(options.Seed, walk + 1L);
                lengths[walk] = Walk(sampler, origins[walk], nodes.AsSpan(walk * length, length), ref random);
            }
        });
        return Compact(graph.RowCount, nodes, lengths, length);
    }

    private static int[] Origins(InteractionMatrix graph, RandomWalkOptions options)
    {
        var origins = new List<int>();
        for (var node = 0; node < graph.RowCount; node++)
        {
            if (graph.RowStarts[node + 1] > graph.RowStarts[node])
            {
                origins.Add(node);
            }
        }

        if (origins.Count == 0)
        {
            throw new ArgumentException("the graph has no edge", nameof(graph));
        }

        if ((long)origins.Count * options.WalksPerNode > Array.MaxLength)
        {
            throw new ArgumentException($"{options.WalksPerNode} walks from each of {origins.Count} nodes do not fit in one array; take fewer", nameof(options));
        }

        var random = new RandomStream(options.Seed, 0);
        var round = origins.ToArray();
        var all = new int[round.Length * options.WalksPerNode];
        for (var i = 0; i < options.WalksPerNode; i++)
        {
            for (var last = round.Length - 1; last > 0; last--)
            {
                var other = random.Next(last + 1);
                (round[last], round[other]) = (round[other], round[last]);
            }

            round.CopyTo(all, i * round.Length);
        }

        return all;
    }

    private static int Walk(WalkSampler sampler, int origin, Span<int> walk, ref RandomStream random)
    {
        walk[0] = origin;
        for (var at = 1; at < walk.Length; at++)
        {
            var next = at == 1 || sampler.IsFirstOrder
                ? sampler.Next(walk[at - 1], ref random)
                : sampler.Next(walk[at - 2], walk[at - 1], ref random);
            if (next < 0)
            {
                return at;
            }

            walk[at] = next;
        }

        return walk.Length;
    }

    // Closes the gaps that walks leave which ended early.
    private static ItemSequences Compact(int nodeCount, int[] nodes, int[] lengths, int length)
    {
        var starts = new int[lengths.Length + 1];
        for (var walk = 0; walk < lengths.Length; walk++)
        {
            nodes.AsSpan(walk * length, lengths[walk]).CopyTo(nodes.AsSpan(starts[walk]));
            starts[walk + 1] = starts[walk] + lengths[walk];
        }

        Array.Resize(ref nodes, starts[^1]);
        return new ItemSequences(nodeCount, starts, nodes);
    }
}
