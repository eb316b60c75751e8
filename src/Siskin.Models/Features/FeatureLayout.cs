namespace Siskin.Models.Features;

/// <summary>The encoded form of a schema: what a model is built from. Immutable.</summary>
public sealed class FeatureLayout
{
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    internal FeatureLayout(FeatureSchema schema, FeatureSlot[] slots, int[] vocabularySizes)
    {
        Slots = slots;
        VocabularySizes = vocabularySizes;
        Labels = [.. schema.Labels];
        for (var i = 0; i < slots.Length; i++)
        {
            _byName.Add(slots[i].Field.Name, i);
            switch (slots[i].Kind)
            {
                case FeatureKind.Dense:
                    DenseCount++;
                    break;
                case FeatureKind.Categorical:
                    CategoricalCount++;
                    break;
                default:
                    ListCount++;
                    break;
            }
        }
    }

    /// <summary>One entry per feature, in the schema's order.</summary>
    public IReadOnlyList<FeatureSlot> Slots { get; }

    /// <summary>Ids in each id space, 0 included; bucketed numbers have one of their own.</summary>
    public IReadOnlyList<int> VocabularySizes { get; }

    /// <summary>Names of the tasks.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Dense features.</summary>
    public int DenseCount { get; }

    /// <summary>Features with one id per row.</summary>
    public int CategoricalCount { get; }

    /// <summary>Features with several ids per row.</summary>
    public int ListCount { get; }

    /// <summary>Place of a feature in <see cref="Slots"/>.</summary>
    /// <param name="name">The feature.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public int IndexOf(string name) =>
        _byName.TryGetValue(name, out var index) ? index : throw new ArgumentException($"there is no feature named '{name}'", nameof(name));
}
