using Siskin.Models.Interactions;

namespace Siskin.Models.Embeddings;

/// <summary>Draws the next node of a walk. Safe for concurrent readers.</summary>
internal sealed class WalkSampler
{
    private readonly InteractionMatrix _graph;
    private readonly uint[]? _thresholds;
    private readonly int[]? _aliases;
    private readonly float _return;
    private readonly float _near;
    private readonly float _far;

    public WalkSampler(InteractionMatrix graph, RandomWalkOptions options)
    {
        _graph = graph;
        var (back, far) = (1 / options.ReturnParameter, 1 / options.InOutParameter);
        IsFirstOrder = options is { ReturnParameter: 1, InOutParameter: 1 };

        // Rejection sampling: the largest of the three is always accepted.
        var largest = Math.Max(Math.Max(back, far), 1);
        (_return, _near, _far) = ((float)(back / largest), (float)(1 / largest), (float)(far / largest));
        if (!options.Weighted || graph.IsBinary)
        {
            return;
        }

        _thresholds = new uint[graph.Count];
        _aliases = new int[graph.Count];
        for (var node = 0; node < graph.RowCount; node++)
        {
            var (start, length) = (graph.RowStarts[node], graph.RowStarts[node + 1] - graph.RowStarts[node]);
            var weights = Array.ConvertAll(graph.Values[start..(start + length)], weight => (double)weight);
            AliasTable.Build(weights, _thresholds.AsSpan(start, length), _aliases.AsSpan(start, length));
        }
    }

    /// <summary>Whether the next node depends on the present one alone (DeepWalk).</summary>
    public bool IsFirstOrder { get; }

    /// <summary>Next node after <paramref name="node"/>, or −1 where no edge leaves it.</summary>
    public int Next(int node, ref RandomStream random)
    {
        var start = _graph.RowStarts[node];
        var length = _graph.RowStarts[node + 1] - start;
        if (length == 0)
        {
            return -1;
        }

        var at = _thresholds is null ? random.Next(length) : AliasTable.Draw(_thresholds.AsSpan(start, length), _aliases.AsSpan(start, length), ref random);
        return _graph.Columns[start + at];
    }

    /// <summary>Next node after <paramref name="node"/>, reached from <paramref name="previous"/>; or −1.</summary>
    /// <remarks>
    /// Grover and Leskovec 2016, §3.2, by rejection: a node of the first-order draw is accepted in proportion to its
    /// bias, so that no table per edge is needed. "Near" means that an edge leads there from the previous node. The mean
    /// number of draws is at most the largest bias over the smallest.
    /// </remarks>
    public int Next(int previous, int node, ref RandomStream random)
    {
        // With one way out there is nothing to choose.
        if (_graph.RowStarts[node + 1] - _graph.RowStarts[node] <= 1)
        {
            return Next(node, ref random);
        }

        while (true)
        {
            var next = Next(node, ref random);
            var chance = random.NextSingle();
            if (next == previous)
            {
                if (chance < _return)
                {
                    return next;
                }

                continue;
            }

            // The edge is looked up only where the answer matters.
            if (chance < Math.Min(_near, _far) || (chance < Math.Max(_near, _far) && chance < (HasEdge(previous, next) ? _near : _far)))
            {
                return next;
            }
        }
    }

    private bool HasEdge(int from, int to) =>
        _graph.Columns.AsSpan(_graph.RowStarts[from], _graph.RowStarts[from + 1] - _graph.RowStarts[from]).BinarySearch(to) >= 0;
}
