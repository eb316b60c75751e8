namespace Siskin.Models.Graph;

/// <summary>Examples to train on or to score, row by row. Immutable.</summary>
public sealed class ExampleTable
{
    /// <summary>Wraps arrays without copying them, and checks every number.</summary>
    /// <param name="layout">What an example consists of.</param>
    /// <param name="count">Examples, n.</param>
    /// <param name="ids">Row-major, n × fields.</param>
    /// <param name="numbers">Row-major, n × numbers, finite.</param>
    /// <param name="sequences">One per sequence of the layout, each of n.</param>
    /// <param name="labels">Row-major, n × labels, finite.</param>
    /// <param name="groups">The user of each example, for grouped metrics; null when there are none.</param>
    /// <exception cref="ArgumentException">A length does not fit, an id is outside its field, or a number is not finite; says where.</exception>
    public ExampleTable(ExampleLayout layout, int count, int[] ids, float[] numbers, IReadOnlyList<IdSequences> sequences, float[] labels, int[]? groups = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(sequences);
        layout.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckLength(ids, (long)count * layout.Fields.Count, nameof(ids));
        CheckLength(numbers, (long)count * layout.Numbers.Count, nameof(numbers));
        CheckLength(labels, (long)count * layout.Labels.Count, nameof(labels));
        if (groups is not null)
        {
            CheckLength(groups, count, nameof(groups));
        }

        (Layout, Count, Ids, Numbers, Sequences, Labels, Groups) = (layout, count, ids, numbers, sequences, labels, groups);
        CheckIds();
        CheckSequences();
        CheckFinite(numbers, layout.Numbers);
        CheckFinite(labels, layout.Labels);
    }

    /// <summary>Room for examples that are written later, again and again, by whoever keeps the arrays.</summary>
    /// <param name="layout">What an example consists of.</param>
    /// <param name="capacity">Examples.</param>
    internal ExampleTable(ExampleLayout layout, int capacity)
    {
        (Layout, Count, Ids, Numbers, Labels) = (layout, capacity, new int[capacity * layout.Fields.Count], new float[capacity * layout.Numbers.Count], new float[capacity * layout.Labels.Count]);
        Sequences = [.. layout.Sequences.Select(sequence => new IdSequences(capacity, sequence.MaxLength))];
    }

    /// <summary>What an example consists of.</summary>
    public ExampleLayout Layout { get; }

    /// <summary>Number of examples.</summary>
    public int Count { get; }

    /// <summary>Row-major, n × fields.</summary>
    public int[] Ids { get; }

    /// <summary>Row-major, n × numbers.</summary>
    public float[] Numbers { get; }

    /// <summary>One per sequence of the layout.</summary>
    public IReadOnlyList<IdSequences> Sequences { get; }

    /// <summary>Row-major, n × labels.</summary>
    public float[] Labels { get; }

    /// <summary>The user of each example, or null.</summary>
    public int[]? Groups { get; }

    private static void CheckLength(Array array, long length, string name)
    {
        ArgumentNullException.ThrowIfNull(array, name);
        if (array.LongLength != length)
        {
            throw new ArgumentException($"{name} has {array.LongLength:N0} numbers, not {length:N0}", name);
        }
    }

    private void CheckIds()
    {
        var fields = Layout.Fields.Count;
        for (var i = 0; i < Ids.Length; i++)
        {
            var field = Layout.Fields[i % fields];
            if ((uint)Ids[i] >= (uint)field.Count)
            {
                throw new ArgumentException($"example {i / fields}: id {Ids[i]} of '{field.Name}' is not below {field.Count}");
            }
        }
    }

    private void CheckSequences()
    {
        if (Sequences.Count != Layout.Sequences.Count)
        {
            throw new ArgumentException($"{Sequences.Count} sequences given, {Layout.Sequences.Count} declared");
        }

        for (var s = 0; s < Sequences.Count; s++)
        {
            var (field, sequences) = (Layout.Sequences[s], Sequences[s]);
            if (sequences.Count != Count)
            {
                throw new ArgumentException($"'{field.Name}' has sequences of {sequences.Count} examples, not of {Count}");
            }

            for (var example = 0; example < Count; example++)
            {
                var ids = sequences[example];
                if (ids.Length > field.MaxLength)
                {
                    throw new ArgumentException($"example {example}: {ids.Length} ids in '{field.Name}', at most {field.MaxLength} are declared");
                }

                foreach (var id in ids)
                {
                    if ((uint)id >= (uint)field.Count)
                    {
                        throw new ArgumentException($"example {example}: id {id} of '{field.Name}' is not below {field.Count}");
                    }
                }
            }
        }
    }

    private static void CheckFinite(float[] values, IReadOnlyList<string> names)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException($"example {i / names.Count}: '{names[i % names.Count]}' is {values[i]}");
            }
        }
    }
}
