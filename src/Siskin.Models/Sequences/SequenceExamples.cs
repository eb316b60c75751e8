using Siskin.Models.Graph;

namespace Siskin.Models.Sequences;

/// <summary>Users' histories as examples: a sequence of items, and the item that follows each of them.</summary>
public static class SequenceExamples
{
    /// <summary>Name of the sequence of items.</summary>
    public const string Items = "items";

    /// <summary>Name of the sequence of those that follow.</summary>
    public const string Next = "next";

    /// <summary>What an example consists of.</summary>
    /// <param name="itemCount">Items are 1 to below this; 0 is none.</param>
    /// <param name="maxLength">Most items of an example.</param>
    public static ExampleLayout Layout(int itemCount, int maxLength) => new()
    {
        Sequences = [new(Items, itemCount, maxLength), new(Next, itemCount, maxLength)],
        Labels = [],
    };

    /// <summary>To train on: histories in pieces of at most L items, the latest piece full; those of fewer than two items are left out.</summary>
    /// <param name="layout">As <see cref="Layout"/> makes it.</param>
    /// <param name="histories">By user, oldest first.</param>
    /// <exception cref="ArgumentException">An item is outside of 1 to the count; says where.</exception>
    public static ExampleTable ForTraining(ExampleLayout layout, IReadOnlyList<int[]> histories)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(histories);
        var (count, length) = (layout.Sequences[0].Count, layout.Sequences[0].MaxLength);
        var (offsets, items, next) = (new List<int> { 0 }, new List<int>(), new List<int>());
        for (var user = 0; user < histories.Count; user++)
        {
            var history = histories[user];
            Check(history, count, user);
            for (var end = history.Length - 1; end > 0; end -= length)
            {
                var start = Math.Max(0, end - length);
                items.AddRange(history.AsSpan(start, end - start));
                next.AddRange(history.AsSpan(start + 1, end - start));
                offsets.Add(items.Count);
            }
        }

        return new ExampleTable(layout, offsets.Count - 1, [], [], [new IdSequences([.. offsets], [.. items]), new IdSequences([.. offsets], [.. next])], []);
    }

    /// <summary>To score: the latest L items of each history.</summary>
    /// <param name="layout">As <see cref="Layout"/> makes it.</param>
    /// <param name="histories">Oldest first; may be empty.</param>
    /// <exception cref="ArgumentException">An item is outside of 1 to the count; says where.</exception>
    public static ExampleTable ForScoring(ExampleLayout layout, IReadOnlyList<int[]> histories)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(histories);
        var (count, length) = (layout.Sequences[0].Count, layout.Sequences[0].MaxLength);
        var offsets = new int[histories.Count + 1];
        for (var user = 0; user < histories.Count; user++)
        {
            offsets[user + 1] = offsets[user] + Math.Min(length, histories[user].Length);
        }

        var items = new int[offsets[^1]];
        for (var user = 0; user < histories.Count; user++)
        {
            Check(histories[user], count, user);
            var own = offsets[user + 1] - offsets[user];
            histories[user].AsSpan(histories[user].Length - own).CopyTo(items.AsSpan(offsets[user]));
        }

        return new ExampleTable(layout, histories.Count, [], [], [new IdSequences(offsets, items), new IdSequences(new int[histories.Count + 1], [])], []);
    }

    private static void Check(int[] history, int count, int user)
    {
        if (history.AsSpan().ContainsAnyExceptInRange(1, count - 1))
        {
            throw new ArgumentException($"history {user} has an item outside of 1 to {count - 1}", nameof(history));
        }
    }
}
