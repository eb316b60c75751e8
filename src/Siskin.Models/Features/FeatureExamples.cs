using Siskin.Models.Graph;

namespace Siskin.Models.Features;

/// <summary>Encoded rows as the examples of a model graph: the same inputs by the same names.</summary>
public static class FeatureExamples
{
    /// <summary>What a graph over these features takes: dense features as numbers, ids as fields, lists as sequences.</summary>
    /// <param name="layout">Of an encoder.</param>
    public static ExampleLayout LayoutOf(FeatureLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new ExampleLayout
        {
            Fields = [.. Of(layout, FeatureKind.Categorical).Select(slot => new IdField(slot.Field.Name, slot.Size))],
            Numbers = [.. Of(layout, FeatureKind.Dense).Select(slot => slot.Field.Name)],
            Sequences = [.. layout.Slots.Where(slot => slot.Kind is not (FeatureKind.Categorical or FeatureKind.Dense)).Select(slot => new IdSequenceField(slot.Field.Name, slot.Size, MaxLength(slot.Field)))],
            Labels = layout.Labels,
        };
    }

    /// <summary>Copies rows.</summary>
    /// <param name="table">Encoded rows with all labels.</param>
    /// <exception cref="ArgumentException">A label or a number is not finite; says which.</exception>
    public static ExampleTable From(FeatureTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var layout = table.Layout;
        var n = table.RowCount;
        var (ids, numbers, labels) = (new int[checked(n * layout.CategoricalCount)], new float[checked(n * layout.DenseCount)], new float[checked(n * layout.Labels.Count)]);
        for (var i = 0; i < layout.CategoricalCount; i++)
        {
            Interleave(table.Categorical(i), ids, i, layout.CategoricalCount);
        }

        for (var i = 0; i < layout.DenseCount; i++)
        {
            Interleave(table.Dense(i), numbers, i, layout.DenseCount);
        }

        for (var i = 0; i < layout.Labels.Count; i++)
        {
            Interleave(table.Labels(i), labels, i, layout.Labels.Count);
        }

        var sequences = new IdSequences[layout.ListCount];
        for (var i = 0; i < sequences.Length; i++)
        {
            sequences[i] = new IdSequences(table.ListOffsets(i).ToArray(), table.ListIds(i).ToArray());
        }

        var groups = table.Groups.ContainsAnyExcept(-1) ? table.Groups.ToArray() : null;
        return new ExampleTable(LayoutOf(layout), n, ids, numbers, sequences, labels, groups);
    }

    private static IEnumerable<FeatureSlot> Of(FeatureLayout layout, FeatureKind kind) => layout.Slots.Where(slot => slot.Kind == kind);

    private static int MaxLength(FeatureField field) => field switch
    {
        SequenceField sequence => sequence.MaxLength,
        MultiHotField multiHot => multiHot.MaxLength,
        _ => throw new ArgumentException($"'{field.Name}' is no list"),
    };

    private static void Interleave<T>(ReadOnlySpan<T> column, T[] rows, int at, int stride)
    {
        for (var i = 0; i < column.Length; i++)
        {
            rows[(i * stride) + at] = column[i];
        }
    }
}
