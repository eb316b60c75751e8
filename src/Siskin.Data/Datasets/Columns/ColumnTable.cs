namespace Siskin.Data.Datasets.Columns;

/// <summary>Rows as named columns of numbers, texts or lists of texts, all equally long: what features are made of.</summary>
/// <remarks>Arrays are kept and not copied. Safe for concurrent reading once all columns are added.</remarks>
public sealed class ColumnTable
{
    private readonly Dictionary<string, Array> _columns = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    /// <summary>Starts without columns.</summary>
    /// <param name="rowCount">Length of every column.</param>
    public ColumnTable(int rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        RowCount = rowCount;
    }

    /// <summary>Rows.</summary>
    public int RowCount { get; }

    /// <summary>The columns in the order in which they were added.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Adds a column of numbers; NaN stands for an empty cell.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the length is not <see cref="RowCount"/>.</exception>
    public void Add(string name, float[] values) => AddColumn(name, values);

    /// <summary>Adds a column of texts; an empty text stands for an empty cell.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the length is not <see cref="RowCount"/>.</exception>
    public void Add(string name, string[] values) => AddColumn(name, values);

    /// <summary>Adds a column of lists; sequences stand oldest first.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the length is not <see cref="RowCount"/>.</exception>
    public void Add(string name, string[][] values) => AddColumn(name, values);

    /// <summary>Whether there is a column of that name.</summary>
    public bool Contains(string name) => _columns.ContainsKey(name);

    /// <summary>A column of numbers.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public float[] Numbers(string name) => Column<float[]>(name, "numbers");

    /// <summary>A column of texts.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public string[] Texts(string name) => Column<string[]>(name, "texts");

    /// <summary>A column of lists.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds something else.</exception>
    public string[][] Lists(string name) => Column<string[][]>(name, "lists of texts");

    /// <summary>Copies rows into a new table with the same columns.</summary>
    /// <param name="rows">Rows in the order wanted; repeats are allowed. Lists are shared with this table.</param>
    public ColumnTable Select(ReadOnlySpan<int> rows)
    {
        var selected = new ColumnTable(rows.Length);
        foreach (var name in _names)
        {
            selected.AddColumn(name, _columns[name] switch
            {
                float[] numbers => Pick(numbers, rows),
                string[] texts => Pick(texts, rows),
                string[][] lists => Pick(lists, rows),
                var other => other,
            });
        }

        return selected;
    }

    private static T[] Pick<T>(T[] values, ReadOnlySpan<int> rows)
    {
        var picked = new T[rows.Length];
        for (var i = 0; i < picked.Length; i++)
        {
            picked[i] = values[rows[i]];
        }

        return picked;
    }

    private void AddColumn(string name, Array values)
    {
        if (values.Length != RowCount)
        {
            throw new ArgumentException($"the column '{name}' has {values.Length} rows; {RowCount} are expected", nameof(values));
        }

        if (!_columns.TryAdd(name, values))
        {
            throw new ArgumentException($"there are two columns named '{name}'", nameof(name));
        }

        _names.Add(name);
    }

    private T Column<T>(string name, string kind)
        where T : class
    {
        if (!_columns.TryGetValue(name, out var column))
        {
            throw new ArgumentException($"there is no column named '{name}'; there are {string.Join(", ", _names)}", nameof(name));
        }

        return column as T ?? throw new ArgumentException($"the column '{name}' does not hold {kind}", nameof(name));
    }
}
