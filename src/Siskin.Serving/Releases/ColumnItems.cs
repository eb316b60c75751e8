using System.Collections;
using Siskin.Data.Catalogue;

namespace Siskin.Serving.Releases;

/// <summary>A release's items in columns; each is made when it is asked for, and anew each time.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class ColumnItems : IReadOnlyList<Item>
{
    public required TextList Ids { get; init; }

    public required TextList Titles { get; init; }

    public required byte[] HasTitle { get; init; }

    public required string[][] Tags { get; init; }

    public required ColumnAttributes.Columns Attributes { get; init; }

    public required int Dimension { get; init; }

    public required float[] Vectors { get; init; }

    public required byte[] HasVector { get; init; }

    public required double[] Latitudes { get; init; }

    public required double[] Longitudes { get; init; }

    public required double[] Prices { get; init; }

    public required long[] CreatedMs { get; init; }

    public required byte[] IsAvailable { get; init; }

    public int Count => Ids.Count;

    public Item this[int index] => new()
    {
        Id = Ids[index],
        Title = HasTitle[index] == 1 ? Titles[index] : null,
        Tags = Tags[index],
        Attributes = Attributes.Names.Length == 0 ? AttributeValue.None : new ColumnAttributes(Attributes, index),
        Vector = Dimension > 0 && HasVector[index] == 1 ? Vectors.AsMemory(index * Dimension, Dimension) : default(ReadOnlyMemory<float>?),
        Place = double.IsNaN(Latitudes[index]) ? null : new GeoPoint(Latitudes[index], Longitudes[index]),
        Price = double.IsNaN(Prices[index]) ? null : Prices[index],
        CreatedAt = CreatedMs[index] == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(CreatedMs[index]),
        IsAvailable = IsAvailable[index] == 1,
    };

    public IEnumerator<Item> GetEnumerator()
    {
        for (var row = 0; row < Count; row++)
        {
            yield return this[row];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
