using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>What requests need of a release's items, in columns by row; the items themselves are made when an answer shows them.</summary>
/// <remarks>
/// A change of the release makes the garbage collector carry what was made for the new one, while requests wait: a few
/// arrays cost nothing, an object or two for each item cost milliseconds. Immutable but for the items made.
/// </remarks>
internal sealed class ReleasedItems(IReadOnlyList<Item> items)
{
    private readonly Item?[] _made = new Item?[items.Count];

    public int Count => items.Count;

    /// <summary>Numbers of the tags; items with equal tags share one list.</summary>
    public int[][] Tags { get; } = new int[items.Count][];

    /// <summary>When each was created, or first seen where that is unknown.</summary>
    public long[] CreatedMs { get; } = new long[items.Count];

    /// <summary>Whether each is available.</summary>
    public bool[] IsServable { get; } = new bool[items.Count];

    /// <summary>Rows by <see cref="ItemKey"/>.</summary>
    public Dictionary<long, int> Rows { get; } = new(items.Count);

    /// <summary>Fills the columns.</summary>
    /// <param name="firstEventMs">For items of unknown age, by row.</param>
    /// <param name="number">Gives a tag's number.</param>
    public void Fill(long[] firstEventMs, Func<string, int> number)
    {
        var shared = new Dictionary<IReadOnlyList<string>, int[]>(ReferenceEqualityComparer.Instance);
        for (var row = 0; row < items.Count; row++)
        {
            ColumnFileReader.RestAt(row);
            var item = items[row];
            if (!shared.TryGetValue(item.Tags, out var tags))
            {
                tags = item.Tags.Count == 0 ? [] : [.. item.Tags.Select(number)];
                shared.Add(item.Tags, tags);
            }

            Tags[row] = tags;
            CreatedMs[row] = item.CreatedAt?.ToUnixTimeMilliseconds() ?? firstEventMs[row];
            IsServable[row] = item.IsAvailable;
            Rows[ItemKey.Of(item.Id)] = row;
        }
    }

    /// <summary>The item of a row.</summary>
    public Item Item(int row)
    {
        if (Volatile.Read(ref _made[row]) is { } made)
        {
            return made;
        }

        // Two requests may each make one: they are alike.
        var item = items[row];
        Volatile.Write(ref _made[row], item);
        return item;
    }
}
