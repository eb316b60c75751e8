namespace Siskin.Models.Graph;

/// <summary>A categorical input: one id per example.</summary>
/// <param name="Name">Unlike all other inputs'.</param>
/// <param name="Count">Ids are 0 to below this; 0 stands for unknown.</param>
public sealed record IdField(string Name, int Count);

/// <summary>An input of some ids per example, in order: a history, or the tags of an item.</summary>
/// <param name="Name">Unlike all other inputs'.</param>
/// <param name="Count">Ids are 0 to below this.</param>
/// <param name="MaxLength">Most ids of an example.</param>
public sealed record IdSequenceField(string Name, int Count, int MaxLength);

/// <summary>What an example consists of.</summary>
public sealed record ExampleLayout
{
    /// <summary>One id each.</summary>
    public IReadOnlyList<IdField> Fields { get; init; } = [];

    /// <summary>Names of the numbers.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>Some ids each.</summary>
    public IReadOnlyList<IdSequenceField> Sequences { get; init; } = [];

    /// <summary>Names of the labels, 0 or 1 each for a click or a conversion.</summary>
    public IReadOnlyList<string> Labels { get; init; } = ["label"];

    /// <summary>Number of a categorical field.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public int Field(string name) => IndexOf(Fields.Select(field => field.Name), name, "categorical field");

    /// <summary>Number of a sequence.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public int Sequence(string name) => IndexOf(Sequences.Select(field => field.Name), name, "sequence");

    /// <summary>Number of a label.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public int Label(string name) => IndexOf(Labels, name, "label");

    /// <summary>Says what is wrong with the layout.</summary>
    /// <exception cref="ArgumentException">Names repeat, or a count or length is below 1.</exception>
    public void Validate()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Fields.Select(field => field.Name).Concat(Numbers).Concat(Sequences.Select(sequence => sequence.Name)).Concat(Labels))
        {
            if (!names.Add(name))
            {
                throw new ArgumentException($"two inputs are named '{name}'");
            }
        }

        foreach (var (name, count) in Fields.Select(field => (field.Name, field.Count)).Concat(Sequences.Select(sequence => (sequence.Name, Math.Min(sequence.Count, sequence.MaxLength)))))
        {
            if (count < 1)
            {
                throw new ArgumentException($"input '{name}' has a count or length of {count}; at least 1 is needed");
            }
        }
    }

    private static int IndexOf(IEnumerable<string> names, string name, string kind)
    {
        var all = names.ToList();
        var index = all.IndexOf(name);
        return index >= 0 ? index : throw new ArgumentException($"there is no {kind} '{name}', only {(all.Count == 0 ? "none" : string.Join(", ", all))}", nameof(name));
    }
}
