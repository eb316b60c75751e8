using Siskin.Models.Graph;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Rank;

/// <summary>Ids that a <see cref="RankerModel"/> gets for items and histories: the same code in training and in serving.</summary>
public sealed class RankerInputs
{
    private readonly int[][] _tags;
    private readonly int _items;
    private readonly int _historyLength;

    /// <summary>Reads the tags of a release's items.</summary>
    /// <param name="release">Items and tags.</param>
    /// <param name="description">How many of each the model knows.</param>
    public RankerInputs(Release release, RankerDescription description)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(description);
        (_items, _historyLength) = (description.ItemCount, description.HistoryLength);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var tag = 0; tag < Math.Min(description.TagCount, release.Tags.Tags.Count); tag++)
        {
            numbers[release.Tags.Tags[tag]] = tag + 1;
        }

        _tags = new int[_items + 1][];
        _tags[^1] = [];
        for (var row = 0; row < _items; row++)
        {
            _tags[row] = [.. release.Items[row].Tags.Where(numbers.ContainsKey).Select(tag => numbers[tag]).Take(RankerModel.MaxTags)];
        }
    }

    /// <summary>Items that the model tells apart, with one place behind them for all others.</summary>
    public int ItemPlaces => _items + 1;

    /// <summary>The place of a row among <see cref="ItemPlaces"/>.</summary>
    public int PlaceOf(int row) => row < _items ? row : _items;

    /// <summary>The model's id of a row; 0 for one that it does not know.</summary>
    public int IdOf(int row) => row < _items ? row + 1 : 0;

    /// <summary>The model's ids of a row's tags.</summary>
    public ReadOnlySpan<int> TagsOf(int row) => _tags[PlaceOf(row)];

    /// <summary>The latest rows of a history as the model's ids.</summary>
    /// <param name="rows">Oldest first.</param>
    /// <param name="ids">Output; room for the model's longest history.</param>
    /// <returns>How many.</returns>
    public int History(ReadOnlySpan<int> rows, Span<int> ids)
    {
        var latest = rows[Math.Max(0, rows.Length - _historyLength)..];
        for (var i = 0; i < latest.Length; i++)
        {
            ids[i] = IdOf(latest[i]);
        }

        return latest.Length;
    }

    /// <summary>One example for each of <see cref="ItemPlaces"/>, with nothing but what is the item's own.</summary>
    /// <param name="layout">Of the model.</param>
    public ExampleTable Items(ExampleLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var n = ItemPlaces;
        var (ids, offsets, tags) = (new int[n], new int[n + 1], new List<int>());
        for (var place = 0; place < n; place++)
        {
            ids[place] = IdOf(place);
            tags.AddRange(TagsOf(place));
            offsets[place + 1] = tags.Count;
        }

        return new ExampleTable(layout, n, ids, new float[n * layout.Numbers.Count], [new IdSequences(offsets, [.. tags]), new IdSequences(new int[n + 1], [])], new float[n]);
    }
}
