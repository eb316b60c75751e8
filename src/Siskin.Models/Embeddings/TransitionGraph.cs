using Siskin.Models.Interactions;

namespace Siskin.Models.Embeddings;

/// <summary>Builds the item graph of sessions.</summary>
public static class TransitionGraph
{
    /// <summary>Counts how often one item directly follows another. Wang et al. 2018 (EGES), §3.1.</summary>
    /// <param name="sessions">In order of time; an item that follows itself counts for nothing.</param>
    /// <param name="directed">False counts each transition in both directions.</param>
    /// <returns>Items × items; a row holds the items that follow, the weight is the count.</returns>
    /// <exception cref="ArgumentException">There are more transitions than an array holds.</exception>
    /// <remarks>O(ids · log ids); 8 bytes per transition on the way.</remarks>
    public static InteractionMatrix FromSessions(ItemSequences sessions, bool directed = true)
    {
        var capacity = (long)sessions.Items.Length * (directed ? 1 : 2);
        if (capacity > Array.MaxLength)
        {
            throw new ArgumentException($"{capacity} transitions are too many for one graph", nameof(sessions));
        }

        var transitions = new ulong[capacity];
        var count = 0;
        for (var session = 0; session < sessions.Count; session++)
        {
            var items = sessions[session];
            for (var at = 1; at < items.Length; at++)
            {
                var (from, to) = ((ulong)items[at - 1], (ulong)items[at]);
                if (from == to)
                {
                    continue;
                }

                transitions[count++] = (from << 32) | to;
                if (!directed)
                {
                    transitions[count++] = (to << 32) | from;
                }
            }
        }

        Array.Sort(transitions, 0, count);
        return Merge(transitions.AsSpan(0, count), sessions.ItemCount);
    }

    private static InteractionMatrix Merge(ReadOnlySpan<ulong> sorted, int itemCount)
    {
        var starts = new int[itemCount + 1];
        var targets = new List<int>();
        var weights = new List<float>();
        for (var first = 0; first < sorted.Length;)
        {
            var end = first + 1;
            while (end < sorted.Length && sorted[end] == sorted[first])
            {
                end++;
            }

            starts[(int)(sorted[first] >> 32) + 1]++;
            targets.Add((int)(uint)sorted[first]);
            weights.Add(end - first);
            first = end;
        }

        for (var item = 0; item < itemCount; item++)
        {
            starts[item + 1] += starts[item];
        }

        return new InteractionMatrix(itemCount, starts, [.. targets], [.. weights]);
    }
}
