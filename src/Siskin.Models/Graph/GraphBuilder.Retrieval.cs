using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>A table that is trained as a whole at each step: one that a softmax over all items reads, or one of few rows.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="rows">Ids.</param>
    /// <param name="dimensions">Numbers per id.</param>
    /// <param name="initialization">Normal with a deviation of 0.01 when null.</param>
    /// <param name="settings">How it is trained.</param>
    public EmbeddingTable DenseTable(string name, int rows, int dimensions, Initialization? initialization = null, ParameterSettings? settings = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        return new EmbeddingTable(AddParameter(name, rows, dimensions, initialization ?? Initialization.Normal(0.01f), settings));
    }

    /// <summary>A learned vector for the place of each element, counted from the last one: elements × d.</summary>
    /// <param name="sequence">Name of the sequence.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="settings">How they are trained.</param>
    public Node Places(string sequence, int dimensions, ParameterSettings? settings = null)
    {
        var index = Layout.Sequence(sequence);
        var table = DenseTable($"places.{sequence}", Layout.Sequences[index].MaxLength, dimensions, settings: settings);
        return Read(table, RowIds.PlacesOf(index), Layout.Sequences[index].MaxLength);
    }

    /// <summary>Each element's mixture of itself and those before it, by the likeness of queries and keys (Vaswani et al. 2017): elements × d.</summary>
    /// <param name="queries">elements × d.</param>
    /// <param name="keys">elements × d.</param>
    /// <param name="values">elements × d.</param>
    /// <param name="heads">Divides d.</param>
    public Node CausalAttention(Node queries, Node keys, Node values, int heads = 1)
    {
        ArgumentNullException.ThrowIfNull(queries);
        CheckSame(queries, keys);
        CheckSame(queries, values);
        CheckElements(queries, queries.Width);
        if (heads < 1 || queries.Width % heads != 0)
        {
            throw new ArgumentException($"{heads} heads do not divide {queries.Width} columns", nameof(heads));
        }

        var length = Layout.Sequences[queries.Rows.Sequence].MaxLength;
        return Add(node => new CausalAttention(node, queries, keys, values, heads, length), queries.Width, queries.Rows, "attention", queries.HasGradient || keys.HasGradient || values.HasGradient);
    }

    /// <summary>For each element the mean of it and those before it: elements × d.</summary>
    /// <param name="elements">elements × d.</param>
    public Node CausalMean(Node elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        CheckElements(elements, elements.Width);
        return Add(node => new CausalMean(node, elements), elements.Width, elements.Rows, "causalMean", elements.HasGradient);
    }

    /// <summary>The last element of each example: examples × d. Zero for an example without elements.</summary>
    /// <param name="elements">elements × d.</param>
    public Node Last(Node elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        CheckElements(elements, elements.Width);
        return Add(node => new LastElement(node, elements), elements.Width, RowDomain.Examples, "last", elements.HasGradient);
    }

    /// <summary>Each row divided by its length.</summary>
    /// <param name="x">rows × columns.</param>
    public Node Normalize(Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Add(node => new Normalize(node, x), x.Width, x.Rows, "normalize", x.HasGradient);
    }

    /// <summary>Trains rows to be near the vector of their target, and far from other items'.</summary>
    /// <param name="x">examples × d, or elements × d.</param>
    /// <param name="items">Vectors of the items, of a <see cref="DenseTable"/>.</param>
    /// <param name="targets">Name of the field, or of the sequence of as many elements, that holds the targets; target 0 does not count.</param>
    /// <param name="settings">Temperature, and how many items stand for all.</param>
    public void ItemSoftmax(Node x, EmbeddingTable items, string targets, SoftmaxSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(items);
        settings ??= new SoftmaxSettings();
        OptionsValidation.Check(settings);
        if (items.Parameter.Kind != ParameterKind.Dense || items.Dimensions != x.Width)
        {
            throw new ArgumentException($"table '{items.Parameter.Name}' must be a dense one of {x.Width} columns", nameof(items));
        }

        var (ids, count) = x.Rows.IsExamples
            ? (RowIds.OfField(Layout.Field(targets), Layout.Fields.Count), Layout.Fields[Layout.Field(targets)].Count)
            : (RowIds.OfSequence(Layout.Sequence(targets)), Layout.Sequences[Layout.Sequence(targets)].Count);
        CheckCount(items, targets, count);
        _losses.Add(new ItemSoftmax(x, items.Parameter, ids, settings, Vectors.Lsh.SeededRandom.Mix(_seed + 0x5eed)));
    }

    /// <summary>Trains the vectors of users and items so that each example's two are nearer than the user's and the items' of the rest of the batch.</summary>
    /// <param name="users">examples × d.</param>
    /// <param name="items">examples × d.</param>
    /// <param name="itemField">Name of the field that says which item it is; item 0 does not count.</param>
    /// <param name="settings">Temperature, and frequencies that correct for popular items being negatives more often; nothing is drawn.</param>
    public void InBatchSoftmax(Node users, Node items, string itemField, SoftmaxSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        settings ??= new SoftmaxSettings();
        OptionsValidation.Check(settings);
        CheckSame(users, items);
        if (!users.Rows.IsExamples)
        {
            throw new ArgumentException($"{users} has not one row per example", nameof(users));
        }

        var field = Layout.Field(itemField);
        if (settings.Frequencies is { } counts && counts.Count != Layout.Fields[field].Count)
        {
            throw new ArgumentException($"{counts.Count} frequencies for {Layout.Fields[field].Count} ids of '{itemField}'", nameof(settings));
        }

        _losses.Add(new InBatchSoftmax(users, items, field, settings));
    }

    private Node Read(EmbeddingTable table, RowIds ids, int maxLength) =>
        Add(node => new DenseRead(node, table.Parameter, ids, maxLength), table.Dimensions, ids.Rows, "embed", hasGradient: true);
}
