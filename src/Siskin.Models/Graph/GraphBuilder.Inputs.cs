using Siskin.Models.Graph.Operators;

namespace Siskin.Models.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>A table of embeddings that several inputs may share.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="rows">Ids.</param>
    /// <param name="dimensions">Numbers per id.</param>
    /// <param name="initialization">Normal with a deviation of 0.01 when null.</param>
    /// <param name="settings">How it is trained.</param>
    public EmbeddingTable Table(string name, int rows, int dimensions, Initialization? initialization = null, ParameterSettings? settings = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        return new EmbeddingTable(AddParameter(name, rows, dimensions, initialization ?? Initialization.Normal(0.01f), settings, ParameterKind.Table));
    }

    /// <summary>A table of its own for every categorical field, and their rows side by side: examples × (fields · d).</summary>
    /// <param name="dimensions">d.</param>
    /// <param name="initialization">Normal with a deviation of 0.01 when null.</param>
    /// <param name="settings">How they are trained.</param>
    /// <param name="name">For messages.</param>
    public Node Embeddings(int dimensions, Initialization? initialization = null, ParameterSettings? settings = null, string name = "embedding")
    {
        if (Layout.Fields.Count == 0)
        {
            throw new ArgumentException("the examples have no categorical fields");
        }

        var tables = Layout.Fields.Select(field => Table($"{name}.{field.Name}", field.Count, dimensions, initialization, settings)).ToArray();
        return Embed([.. Layout.Fields.Select((field, i) => (tables[i], field.Name))]);
    }

    /// <summary>Rows of tables by categorical fields, side by side.</summary>
    /// <param name="reads">Tables and the fields that they are read by.</param>
    public Node Embed(params (EmbeddingTable Table, string Field)[] reads)
    {
        var fields = new int[reads.Length];
        for (var i = 0; i < reads.Length; i++)
        {
            fields[i] = Layout.Field(reads[i].Field);
            CheckCount(reads[i].Table, Layout.Fields[fields[i]].Name, Layout.Fields[fields[i]].Count);
        }

        if (reads.Any(read => read.Table.Parameter.Kind == ParameterKind.Dense))
        {
            return Concat([.. reads.Select((read, i) => read.Table.Parameter.Kind == ParameterKind.Dense ? Read(read.Table, RowIds.OfField(fields[i], Layout.Fields.Count), 1) : Embed(read))]);
        }

        var tables = reads.Select(read => read.Table.Parameter).ToArray();
        return Add(node => new TableRead(node, tables, fields, Layout.Fields.Count), tables.Sum(table => table.Columns), RowDomain.Examples, "embed", hasGradient: true);
    }

    /// <summary>Rows of a table by the elements of a sequence: elements × d.</summary>
    /// <param name="table">The table.</param>
    /// <param name="sequence">Name of the sequence.</param>
    public Node EmbedSequence(EmbeddingTable table, string sequence)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = Layout.Sequence(sequence);
        CheckCount(table, sequence, Layout.Sequences[index].Count);
        return table.Parameter.Kind == ParameterKind.Dense
            ? Read(table, RowIds.OfSequence(index), Layout.Sequences[index].MaxLength)
            : Add(node => new TableRead(node, [table.Parameter], [], Layout.Fields.Count), table.Parameter.Columns, RowDomain.Elements(index), "embed", hasGradient: true);
    }

    /// <summary>The numbers of the examples: examples × numbers.</summary>
    public Node Numbers() => Layout.Numbers.Count > 0
        ? Add(node => new NumbersRead(node), Layout.Numbers.Count, RowDomain.Examples, "numbers", hasGradient: false)
        : throw new ArgumentException("the examples have no numbers");

    private static void CheckCount(EmbeddingTable table, string input, int count)
    {
        if (table.Parameter.Rows < count)
        {
            throw new ArgumentException($"'{input}' has {count} ids, table '{table.Parameter.Name}' only {table.Parameter.Rows} rows");
        }
    }
}
