namespace Siskin.Models.Embeddings;

/// <summary>Attribute values of items, one per field: shop, brand, category, price level.</summary>
public sealed class SideInformation
{
    /// <summary>Wraps the values without copying them.</summary>
    /// <param name="fieldCount">1 to 63.</param>
    /// <param name="valueCount">Values are 0 to this − 1, numbered over all fields together. Fields may share values: the first, the second and the third tag of an item.</param>
    /// <param name="values">Row-major, items × fields; −1 where an item has no value.</param>
    /// <exception cref="ArgumentException">The values break these rules.</exception>
    public SideInformation(int fieldCount, int valueCount, int[] values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fieldCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fieldCount, 63);
        if (values.Length % fieldCount != 0)
        {
            throw new ArgumentException($"{values.Length} values are no rows of {fieldCount} fields", nameof(values));
        }

        for (var at = 0; at < values.Length; at++)
        {
            if (values[at] < -1 || values[at] >= valueCount)
            {
                throw new ArgumentException($"item {at / fieldCount}, field {at % fieldCount}: value {values[at]} is outside of −1 to {valueCount - 1}", nameof(values));
            }
        }

        FieldCount = fieldCount;
        ValueCount = valueCount;
        Values = values;
    }

    /// <summary>Items with lists of values: field k is the k-th of an item's list.</summary>
    /// <param name="values">By item; empty when nothing is known of any item.</param>
    /// <param name="itemCount">Items.</param>
    /// <param name="valueCount">Above all values.</param>
    /// <param name="mostFields">Values of an item that count; the first ones.</param>
    /// <exception cref="ArgumentException">There are lists for another number of items, or a value is unknown.</exception>
    public static SideInformation Of(IReadOnlyList<int[]> values, int itemCount, int valueCount, int mostFields = 8)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count != 0 && values.Count != itemCount)
        {
            throw new ArgumentException($"there are values of {values.Count} items, and {itemCount} items", nameof(values));
        }

        var fields = Math.Clamp(values.Count == 0 ? 0 : values.Max(own => own.Length), 1, mostFields);
        var all = new int[itemCount * fields];
        Array.Fill(all, -1);
        for (var item = 0; item < values.Count; item++)
        {
            values[item].AsSpan(0, Math.Min(fields, values[item].Length)).CopyTo(all.AsSpan(item * fields));
        }

        return new(fields, Math.Max(1, valueCount), all);
    }

    /// <summary>Fields of an item.</summary>
    public int FieldCount { get; }

    /// <summary>Values of all fields together.</summary>
    public int ValueCount { get; }

    /// <summary>Number of items.</summary>
    public int ItemCount => Values.Length / FieldCount;

    /// <summary>Row-major, items × fields; −1 where an item has no value.</summary>
    public int[] Values { get; }

    /// <summary>One item's values, without a copy.</summary>
    /// <param name="item">0 to <see cref="ItemCount"/> − 1.</param>
    public ReadOnlySpan<int> Item(int item) => Values.AsSpan(item * FieldCount, FieldCount);
}
