using Siskin.Models.Embeddings;

namespace Siskin.Models.Graph.Operators;

/// <summary>Draws items, never item 0, by a power of their frequency; O(1) a draw. Immutable.</summary>
internal sealed class ItemSampler
{
    private readonly uint[] _thresholds;
    private readonly int[] _aliases;
    private readonly double[] _logs;

    /// <param name="items">Items with item 0.</param>
    /// <param name="frequencies">By item; null for all alike.</param>
    /// <param name="power">Of the frequencies.</param>
    /// <exception cref="ArgumentException">Not one frequency for each item, one below 0, or all 0.</exception>
    public ItemSampler(int items, IReadOnlyList<int>? frequencies, double power)
    {
        if (items < 2 || (frequencies is not null && (frequencies.Count != items || frequencies.Any(count => count < 0) || frequencies.Skip(1).All(count => count == 0))))
        {
            throw new ArgumentException($"there must be one frequency of 0 or more for each of {items} items, and one above 0", nameof(frequencies));
        }

        // What never occurred is drawn now and then: its vector must learn to be low.
        var weights = new double[items];
        for (var i = 1; i < items; i++)
        {
            weights[i] = frequencies is null ? 1 : Math.Pow(Math.Max(1, frequencies[i]), power);
        }

        var sum = weights.Sum();
        _logs = Array.ConvertAll(weights, weight => weight > 0 ? Math.Log(weight / sum) : 0);
        (_thresholds, _aliases) = (new uint[items], new int[items]);
        AliasTable.Build(weights, _thresholds, _aliases);
    }

    public int Draw(ref RandomStream random) => AliasTable.Draw(_thresholds, _aliases, ref random);

    /// <summary>Logarithm of how often an item is expected among n that are drawn.</summary>
    public float LogExpected(int item, int n) => (float)(_logs[item] + Math.Log(n));
}
