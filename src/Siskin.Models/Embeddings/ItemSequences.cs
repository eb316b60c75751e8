namespace Siskin.Models.Embeddings;

/// <summary>Sequences of item ids (sessions, histories, walks) laid one behind the other.</summary>
/// <remarks>
/// Immutable as long as nobody writes to its arrays, which are public so that they can be stored and read in bulk; safe
/// for concurrent readers. 4 bytes per id and 4 per sequence.
/// </remarks>
public sealed class ItemSequences
{
    /// <summary>Wraps arrays without copying them.</summary>
    /// <param name="itemCount">Ids are 0 to this − 1.</param>
    /// <param name="starts">Length sequences + 1, ascending from 0: where each sequence starts; the last is the number of ids.</param>
    /// <param name="items">Ids, sequence after sequence; an id may repeat.</param>
    /// <exception cref="ArgumentException">The arrays break these rules; the message names the first place.</exception>
    public ItemSequences(int itemCount, int[] starts, int[] items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != items.Length)
        {
            throw new ArgumentException($"{starts.Length} starts do not divide {items.Length} ids into sequences", nameof(starts));
        }

        for (var sequence = 1; sequence < starts.Length; sequence++)
        {
            if (starts[sequence] < starts[sequence - 1])
            {
                throw new ArgumentException($"sequence {sequence - 1} ends at {starts[sequence]}, before its start", nameof(starts));
            }
        }

        for (var at = 0; at < items.Length; at++)
        {
            if ((uint)items[at] >= (uint)itemCount)
            {
                throw new ArgumentException($"id {items[at]} at position {at} is outside of 0 to {itemCount - 1}", nameof(items));
            }
        }

        ItemCount = itemCount;
        Starts = starts;
        Items = items;
    }

    /// <summary>Ids are 0 to this − 1.</summary>
    public int ItemCount { get; }

    /// <summary>Number of sequences.</summary>
    public int Count => Starts.Length - 1;

    /// <summary>Where each sequence starts in <see cref="Items"/>; sequences + 1 numbers.</summary>
    public int[] Starts { get; }

    /// <summary>Ids, sequence after sequence.</summary>
    public int[] Items { get; }

    /// <summary>One sequence, without a copy.</summary>
    /// <param name="sequence">0 to <see cref="Count"/> − 1.</param>
    public ReadOnlySpan<int> this[int sequence] => Items.AsSpan(Starts[sequence], Starts[sequence + 1] - Starts[sequence]);

    /// <summary>Copies sequences into one block.</summary>
    /// <param name="itemCount">Ids are 0 to this − 1.</param>
    /// <param name="sequences">Any number, of any length.</param>
    /// <exception cref="ArgumentException">An id is out of range.</exception>
    public static ItemSequences From(int itemCount, IEnumerable<int[]> sequences)
    {
        var starts = new List<int> { 0 };
        var items = new List<int>();
        foreach (var sequence in sequences)
        {
            items.AddRange(sequence);
            starts.Add(items.Count);
        }

        return new ItemSequences(itemCount, [.. starts], [.. items]);
    }
}
