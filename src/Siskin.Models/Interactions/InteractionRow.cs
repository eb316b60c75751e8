namespace Siskin.Models.Interactions;

/// <summary>One row of an <see cref="InteractionMatrix"/>, without a copy.</summary>
public readonly ref struct InteractionRow
{
    internal InteractionRow(ReadOnlySpan<int> columns, ReadOnlySpan<float> values)
    {
        Columns = columns;
        Values = values;
    }

    /// <summary>The columns of the stored entries, ascending, each once.</summary>
    public ReadOnlySpan<int> Columns { get; }

    /// <summary>The values of the stored entries, beside <see cref="Columns"/>.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>How many entries the row has.</summary>
    public int Length => Columns.Length;
}
