namespace Siskin.Models.Interactions;

/// <summary>A sparse matrix of positive weights, users × items, in compressed rows.</summary>
/// <remarks>
/// An entry that is not stored is 0. Columns ascend within a row and occur once. Immutable as long as nobody writes to
/// its arrays, which are public so that they can be stored and read in bulk; safe for concurrent readers.
/// 8 bytes per entry and 4 per row.
/// </remarks>
public sealed class InteractionMatrix
{
    /// <summary>Wraps compressed rows without copying them.</summary>
    /// <param name="columnCount">Number of columns.</param>
    /// <param name="rowStarts">Length rows + 1: where each row starts in the other two; the last is their length.</param>
    /// <param name="columns">Ascending within each row, each once.</param>
    /// <param name="values">Above 0 and finite; as many as columns.</param>
    /// <exception cref="ArgumentException">The arrays break these rules.</exception>
    public InteractionMatrix(int columnCount, int[] rowStarts, int[] columns, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        if (rowStarts.Length == 0 || rowStarts[0] != 0 || rowStarts[^1] != columns.Length || columns.Length != values.Length)
        {
            throw new ArgumentException($"{rowStarts.Length} row starts, {columns.Length} columns and {values.Length} values are no compressed rows");
        }

        ColumnCount = columnCount;
        RowStarts = rowStarts;
        Columns = columns;
        Values = values;
        IsBinary = !values.AsSpan().ContainsAnyExcept(1f);
        Validate();
    }

    /// <summary>Number of rows (users).</summary>
    public int RowCount => RowStarts.Length - 1;

    /// <summary>Number of columns (items).</summary>
    public int ColumnCount { get; }

    /// <summary>Number of stored entries.</summary>
    public int Count => Columns.Length;

    /// <summary>Whether every stored entry is 1.</summary>
    public bool IsBinary { get; }

    /// <summary>Where each row starts in <see cref="Columns"/> and <see cref="Values"/>; rows + 1 numbers.</summary>
    public int[] RowStarts { get; }

    /// <summary>Columns of the entries, row after row, ascending within a row.</summary>
    public int[] Columns { get; }

    /// <summary>Values of the entries, beside <see cref="Columns"/>.</summary>
    public float[] Values { get; }

    /// <summary>Builds the matrix of some interactions; of several for the same user and item the largest weight is kept.</summary>
    /// <param name="interactions">In any order.</param>
    /// <param name="userCount">Number of rows.</param>
    /// <param name="itemCount">Number of columns.</param>
    /// <exception cref="ArgumentException">A user or item is out of range, or a weight is not above 0 and finite.</exception>
    /// <remarks>O(rows + entries · log(entries per row)).</remarks>
    public static InteractionMatrix FromInteractions(ReadOnlySpan<Interaction> interactions, int userCount, int itemCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(userCount);
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        var starts = new int[userCount + 1];
        foreach (var interaction in interactions)
        {
            if ((uint)interaction.User >= (uint)userCount || (uint)interaction.Item >= (uint)itemCount)
            {
                throw new ArgumentException($"{interaction} is outside of {userCount} users × {itemCount} items", nameof(interactions));
            }

            starts[interaction.User + 1]++;
        }

        for (var user = 0; user < userCount; user++)
        {
            starts[user + 1] += starts[user];
        }

        var columns = new int[interactions.Length];
        var values = new float[interactions.Length];
        var next = starts.AsSpan(0, userCount).ToArray();
        foreach (var interaction in interactions)
        {
            var at = next[interaction.User]++;
            columns[at] = interaction.Item;
            values[at] = interaction.Weight;
        }

        var count = MergeRows(starts, columns, values);
        Array.Resize(ref columns, count);
        Array.Resize(ref values, count);
        return new InteractionMatrix(itemCount, starts, columns, values);
    }

    /// <summary>One row's entries, without a copy.</summary>
    /// <param name="row">0 to <see cref="RowCount"/> − 1.</param>
    public InteractionRow Row(int row)
    {
        var start = RowStarts[row];
        var length = RowStarts[row + 1] - start;
        return new(Columns.AsSpan(start, length), Values.AsSpan(start, length));
    }

    /// <summary>The same entries as items × users; O(entries).</summary>
    public InteractionMatrix Transpose()
    {
        var starts = new int[ColumnCount + 1];
        foreach (var column in Columns)
        {
            starts[column + 1]++;
        }

        for (var column = 0; column < ColumnCount; column++)
        {
            starts[column + 1] += starts[column];
        }

        var rows = new int[Count];
        var values = new float[Count];
        var next = starts.AsSpan(0, ColumnCount).ToArray();
        for (var row = 0; row < RowCount; row++)
        {
            for (var at = RowStarts[row]; at < RowStarts[row + 1]; at++)
            {
                var to = next[Columns[at]]++;
                rows[to] = row;
                values[to] = Values[at];
            }
        }

        return new InteractionMatrix(RowCount, starts, rows, values);
    }

    // Sorts each row by column, keeps the largest value of repeated columns, and closes the gaps.
    private static int MergeRows(int[] starts, int[] columns, float[] values)
    {
        var write = 0;
        for (var row = 0; row + 1 < starts.Length; row++)
        {
            var (start, end) = (starts[row], starts[row + 1]);
            Array.Sort(columns, values, start, end - start);
            starts[row] = write;
            for (var read = start; read < end; read++)
            {
                if (write > starts[row] && columns[write - 1] == columns[read])
                {
                    // A NaN stays visible to the validation.
                    values[write - 1] = MathF.Max(values[write - 1], values[read]);
                    continue;
                }

                columns[write] = columns[read];
                values[write++] = values[read];
            }
        }

        starts[^1] = write;
        return write;
    }

    private void Validate()
    {
        for (var row = 0; row < RowCount; row++)
        {
            if (RowStarts[row + 1] < RowStarts[row] || RowStarts[row + 1] > Columns.Length)
            {
                throw new ArgumentException($"row {row} ends at {RowStarts[row + 1]}, before its start or behind the end of the entries");
            }

            var previous = -1;
            for (var at = RowStarts[row]; at < RowStarts[row + 1]; at++)
            {
                if (Columns[at] <= previous || Columns[at] >= ColumnCount)
                {
                    throw new ArgumentException($"row {row}: column {Columns[at]} is out of range, repeated or out of order");
                }

                if (!(Values[at] > 0) || !float.IsFinite(Values[at]))
                {
                    throw new ArgumentException($"row {row}, column {Columns[at]}: weight {Values[at]} is not above 0 and finite");
                }

                previous = Columns[at];
            }
        }
    }
}
