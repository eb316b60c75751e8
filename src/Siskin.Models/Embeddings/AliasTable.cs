namespace Siskin.Models.Embeddings;

/// <summary>Draws from a fixed discrete distribution in constant time. Walker 1977, built as Vose 1991.</summary>
internal static class AliasTable
{
    /// <summary>Fills one table; several may lie in the same arrays, one behind the other.</summary>
    /// <param name="weights">Not negative, their sum above 0.</param>
    /// <param name="thresholds">Output: an index is kept when 32 random bits are at most this.</param>
    /// <param name="aliases">Output: the index that stands in otherwise.</param>
    public static void Build(ReadOnlySpan<double> weights, Span<uint> thresholds, Span<int> aliases)
    {
        var n = weights.Length;
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var scaled = new double[n];
        var order = new int[n];
        var (small, large) = (0, n);
        for (var i = 0; i < n; i++)
        {
            scaled[i] = weights[i] * n / sum;
            order[scaled[i] < 1 ? small++ : --large] = i;
            thresholds[i] = uint.MaxValue;
            aliases[i] = i;
        }

        // order[..small] are below their share, order[large..] at or above; the two stacks touch.
        while (small > 0 && large < n)
        {
            var (less, more) = (order[--small], order[large]);
            thresholds[less] = (uint)(scaled[less] * uint.MaxValue);
            aliases[less] = more;
            scaled[more] -= 1 - scaled[less];
            if (scaled[more] < 1)
            {
                large++;
                order[small++] = more;
            }
        }
    }

    /// <summary>Draws an index of one table.</summary>
    public static int Draw(ReadOnlySpan<uint> thresholds, ReadOnlySpan<int> aliases, ref RandomStream random)
    {
        var bits = random.Next();
        var at = (int)(((bits >> 32) * (ulong)thresholds.Length) >> 32);
        return (uint)bits <= thresholds[at] ? at : aliases[at];
    }
}
