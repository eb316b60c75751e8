namespace Siskin.Models.Embeddings;

/// <summary>A user's vector from the vectors of the items in the user's history.</summary>
public static class UserVectors
{
    /// <summary>The mean of the items' vectors.</summary>
    /// <param name="embeddings">Items without a vector (zeros) count as if they were not there.</param>
    /// <param name="history">Item ids; one that repeats counts each time.</param>
    /// <param name="destination">Output, d numbers; zeros when no item has a vector.</param>
    /// <exception cref="ArgumentException">An id is out of range, or the destination is not of d numbers.</exception>
    public static void Mean(ItemEmbeddings embeddings, ReadOnlySpan<int> history, Span<float> destination) =>
        RecencyWeighted(embeddings, history, double.PositiveInfinity, destination);

    /// <summary>The weighted mean in which an item weighs half as much as one that is <paramref name="halfLife"/> places newer.</summary>
    /// <param name="embeddings">Items without a vector (zeros) count as if they were not there, but keep their place.</param>
    /// <param name="history">Item ids, oldest first.</param>
    /// <param name="halfLife">In items, above 0; infinite for the plain mean.</param>
    /// <param name="destination">Output, d numbers; zeros when no item has a vector.</param>
    /// <exception cref="ArgumentException">An id is out of range, the half-life is not above 0, or the destination is not of d numbers.</exception>
    /// <remarks>No allocation; history · d multiply-adds.</remarks>
    public static void RecencyWeighted(ItemEmbeddings embeddings, ReadOnlySpan<int> history, double halfLife, Span<float> destination)
    {
        if (!(halfLife > 0))
        {
            throw new ArgumentException($"half-life {halfLife} is not above 0", nameof(halfLife));
        }

        if (destination.Length != embeddings.Dimensions)
        {
            throw new ArgumentException($"{destination.Length} numbers are not {embeddings.Dimensions}", nameof(destination));
        }

        destination.Clear();
        var sum = 0.0;
        for (var at = history.Length - 1; at >= 0; at--)
        {
            if ((uint)history[at] >= (uint)embeddings.ItemCount)
            {
                throw new ArgumentException($"id {history[at]} at position {at} is outside of 0 to {embeddings.ItemCount - 1}", nameof(history));
            }

            var vector = embeddings.Vector(history[at]);
            if (!vector.ContainsAnyExcept(0f))
            {
                continue;
            }

            var weight = Math.Pow(2, -(history.Length - 1 - at) / halfLife);
            sum += weight;
            for (var i = 0; i < vector.Length; i++)
            {
                destination[i] += (float)weight * vector[i];
            }
        }

        if (sum > 0)
        {
            foreach (ref var number in destination)
            {
                number = (float)(number / sum);
            }
        }
    }
}
