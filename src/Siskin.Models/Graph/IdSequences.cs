namespace Siskin.Models.Graph;

/// <summary>One sequence of ids per example, end to end.</summary>
public sealed class IdSequences
{
    /// <summary>Wraps arrays without copying them.</summary>
    /// <param name="offsets">Where each sequence starts, and behind the last where it ends: one number more than examples, from 0, never falling.</param>
    /// <param name="ids">All ids; as many as the last offset says.</param>
    /// <exception cref="ArgumentException">The offsets do not fit.</exception>
    public IdSequences(int[] offsets, int[] ids)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(ids);
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != ids.Length)
        {
            throw new ArgumentException($"offsets must run from 0 to {ids.Length}, the number of ids", nameof(offsets));
        }

        for (var i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1])
            {
                throw new ArgumentException($"offset {i} is {offsets[i]}, below the one before it", nameof(offsets));
            }
        }

        (Offsets, Ids) = (offsets, ids);
    }

    /// <summary>Room for sequences that are written later, again and again, by whoever keeps the arrays.</summary>
    /// <param name="capacity">Sequences.</param>
    /// <param name="maxLength">Most ids of one.</param>
    internal IdSequences(int capacity, int maxLength) => (Offsets, Ids) = (new int[capacity + 1], new int[checked(capacity * maxLength)]);

    /// <summary>Number of sequences.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>Where each starts.</summary>
    public int[] Offsets { get; }

    /// <summary>All ids.</summary>
    public int[] Ids { get; }

    /// <summary>The ids of an example.</summary>
    public ReadOnlySpan<int> this[int example] => Ids.AsSpan(Offsets[example]..Offsets[example + 1]);
}
