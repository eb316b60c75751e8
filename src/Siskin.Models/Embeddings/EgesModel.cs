namespace Siskin.Models.Embeddings;

/// <summary>Item vectors learned with side information, and what gives a new item its vector. Safe for concurrent readers.</summary>
public sealed class EgesModel
{
    internal EgesModel(ItemEmbeddings items, float[] valueVectors, float[] attention)
    {
        Items = items;
        ValueVectors = valueVectors;
        Attention = attention;
    }

    /// <summary>The items' vectors; an item that was not trained has that of <see cref="ColdVector"/>.</summary>
    public ItemEmbeddings Items { get; }

    /// <summary>Row-major, values × dimensions.</summary>
    public float[] ValueVectors { get; }

    /// <summary>Row-major, items × (1 + fields): the share of the item's own vector and of each field's; 0 for what it lacks and for items that were not trained.</summary>
    public float[] Attention { get; }

    /// <summary>The vector of an item that never occurred: the mean of its values' vectors (Wang et al. 2018, §3.3).</summary>
    /// <param name="values">Its values; −1 are passed over.</param>
    /// <param name="destination">Output, d numbers; zeros when there is no value.</param>
    /// <exception cref="ArgumentException">The destination is not of d numbers, or a value is unknown.</exception>
    public void ColdVector(ReadOnlySpan<int> values, Span<float> destination)
    {
        var d = Items.Dimensions;
        if (destination.Length != d)
        {
            throw new ArgumentException($"{destination.Length} numbers are not {d}", nameof(destination));
        }

        destination.Clear();
        var count = 0;
        foreach (var value in values)
        {
            if (value < -1 || value >= ValueVectors.Length / d)
            {
                throw new ArgumentException($"value {value} is outside of −1 to {(ValueVectors.Length / d) - 1}", nameof(values));
            }

            if (value >= 0)
            {
                count++;
                for (var i = 0; i < d; i++)
                {
                    destination[i] += ValueVectors[(value * d) + i];
                }
            }
        }

        foreach (ref var number in destination)
        {
            number /= Math.Max(1, count);
        }
    }
}
