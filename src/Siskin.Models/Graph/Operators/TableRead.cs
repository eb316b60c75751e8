using System.Runtime.CompilerServices;

namespace Siskin.Models.Graph.Operators;

/// <summary>Rows of tables by the ids of an example, side by side: the embeddings of some categorical fields, or of one sequence's elements.</summary>
/// <remarks>Gradients of the output are kept for the whole batch; rows of tables are updated from them when all are there.</remarks>
internal sealed unsafe class TableRead : Operator
{
    private readonly int _stride;

    /// <param name="output">As wide as all tables together.</param>
    /// <param name="tables">One per field, or the one of the sequence.</param>
    /// <param name="fields">Numbers of the categorical fields; empty for a sequence.</param>
    /// <param name="fieldCount">Categorical fields of the layout.</param>
    public TableRead(Node output, IReadOnlyList<Parameter> tables, int[] fields, int fieldCount)
        : base(output)
    {
        (Tables, Fields, _stride) = (tables, fields, fieldCount);
        Columns = new int[tables.Count];
        for (var i = 1; i < tables.Count; i++)
        {
            Columns[i] = Columns[i - 1] + tables[i - 1].Columns;
        }
    }

    /// <summary>The tables, by place in the output.</summary>
    public IReadOnlyList<Parameter> Tables { get; }

    /// <summary>Number of the field that each table is read by; empty for a sequence.</summary>
    public int[] Fields { get; }

    /// <summary>First column of each table's rows in the output.</summary>
    public int[] Columns { get; }

    public override void Forward(Workspace workspace)
    {
        var target = workspace.Values(Output);
        var width = Output.Width;
        if (Output.Rows.IsExamples)
        {
            fixed (int* ids = workspace.Examples.Ids)
            {
                var rows = workspace.Rows;
                for (var i = 0; i < rows.Length; i++)
                {
                    var own = ids + ((long)rows[i] * _stride);
                    for (var t = 0; t < Fields.Length; t++)
                    {
                        var table = Tables[t];
                        Copy(table.Values + ((long)own[Fields[t]] * table.Columns), target + Columns[t], table.Columns);
                    }

                    target += width;
                }
            }
        }
        else
        {
            var sequences = workspace.Examples.Sequences[Output.Rows.Sequence];
            var values = Tables[0].Values;
            foreach (var row in workspace.Rows)
            {
                foreach (var id in sequences[row])
                {
                    Copy(values + ((long)id * width), target, width);
                    target += width;
                }
            }
        }
    }

    public override void Backward(Workspace workspace)
    {
    }

    /// <summary>Ids that a table was read by, over a batch, in the order of the output's rows.</summary>
    /// <param name="table">Its place in <see cref="Tables"/>.</param>
    /// <param name="examples">Where the batch's examples are from.</param>
    /// <param name="rows">The batch's examples.</param>
    /// <param name="target">Output; as many as the output has rows.</param>
    public void IdsOf(int table, ExampleTable examples, ReadOnlySpan<int> rows, Span<int> target)
    {
        if (Output.Rows.IsExamples)
        {
            var (ids, field) = (examples.Ids, Fields[table]);
            for (var i = 0; i < rows.Length; i++)
            {
                target[i] = ids[((long)rows[i] * _stride) + field];
            }
        }
        else
        {
            var sequences = examples.Sequences[Output.Rows.Sequence];
            foreach (var row in rows)
            {
                var ids = sequences[row];
                ids.CopyTo(target);
                target = target[ids.Length..];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* target, int count)
    {
        if (count == 1)
        {
            *target = *source;
        }
        else
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)count * sizeof(float));
        }
    }
}
