using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Siskin.Data.Catalogue;

namespace Siskin.Serving.Releases;

/// <summary>The attributes of one item, read where they lie: in columns that all items of a release share.</summary>
/// <remarks>A dictionary an item would be most of what the garbage collector has to carry for a release. Immutable.</remarks>
internal sealed class ColumnAttributes(ColumnAttributes.Columns columns, int row) : IReadOnlyDictionary<string, AttributeValue>
{
    public IEnumerable<string> Keys => this.Select(a => a.Key);

    public IEnumerable<AttributeValue> Values => this.Select(a => a.Value);

    public int Count
    {
        get
        {
            var count = 0;
            for (var c = 0; c < columns.Names.Length; c++)
            {
                count += columns.Has(c, row) ? 1 : 0;
            }

            return count;
        }
    }

    public AttributeValue this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"there is no attribute '{key}'");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out AttributeValue value)
    {
        var c = Array.IndexOf(columns.Names, key);
        var has = c >= 0 && columns.Has(c, row);
        value = has ? columns.Value(c, row) : default;
        return has;
    }

    public IEnumerator<KeyValuePair<string, AttributeValue>> GetEnumerator()
    {
        for (var c = 0; c < columns.Names.Length; c++)
        {
            if (columns.Has(c, row))
            {
                yield return new(columns.Names[c], columns.Value(c, row));
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>By attribute: numbers, NaN where there is none; or texts, null where there is none.</summary>
    internal sealed record Columns(string[] Names, double[]?[] Numbers, string?[]?[] Texts)
    {
        public bool Has(int column, int row) => Numbers[column] is { } numbers ? !double.IsNaN(numbers[row]) : Texts[column]![row] is not null;

        public AttributeValue Value(int column, int row) => Numbers[column] is { } numbers ? AttributeValue.Of(numbers[row]) : AttributeValue.Of(Texts[column]![row]!);
    }
}
