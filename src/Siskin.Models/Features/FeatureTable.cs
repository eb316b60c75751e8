namespace Siskin.Models.Features;

/// <summary>Encoded rows as columns: a whole data set, or a batch that is filled again and again.</summary>
/// <remarks>Grows as needed and then allocates nothing more. Safe for concurrent reading, not for writing.</remarks>
public sealed class FeatureTable
{
    private readonly float[][] _dense;
    private readonly int[][] _categorical;
    private readonly int[][] _offsets;
    private readonly int[][] _ids;
    private readonly float[][] _labels;
    private int[] _groups;
    private int _capacity;

    /// <summary>Starts without rows.</summary>
    /// <param name="layout">What a row holds.</param>
    /// <param name="capacity">Rows to make room for.</param>
    public FeatureTable(FeatureLayout layout, int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Layout = layout;
        _capacity = capacity;
        _dense = Columns<float>(layout.DenseCount, capacity);
        _categorical = Columns<int>(layout.CategoricalCount, capacity);
        _offsets = Columns<int>(layout.ListCount, capacity + 1);
        _ids = Columns<int>(layout.ListCount, capacity);
        _labels = Columns<float>(layout.Labels.Count, capacity);
        _groups = new int[capacity];
    }

    /// <summary>What a row holds.</summary>
    public FeatureLayout Layout { get; }

    /// <summary>Rows, n.</summary>
    public int RowCount { get; private set; }

    /// <summary>Group of each row, length n: numbers from 0, or −1 without groups.</summary>
    public ReadOnlySpan<int> Groups => _groups.AsSpan(0, RowCount);

    /// <summary>A dense feature, length n.</summary>
    /// <param name="index">Its place among the dense ones.</param>
    public ReadOnlySpan<float> Dense(int index) => _dense[index].AsSpan(0, RowCount);

    /// <summary>The ids of a feature, length n; 0 is unknown or absent.</summary>
    /// <param name="index">Its place among the categorical ones.</param>
    public ReadOnlySpan<int> Categorical(int index) => _categorical[index].AsSpan(0, RowCount);

    /// <summary>Where each row's ids begin, length n + 1, the first 0.</summary>
    /// <param name="index">Place among the list features.</param>
    public ReadOnlySpan<int> ListOffsets(int index) => _offsets[index].AsSpan(0, RowCount + 1);

    /// <summary>The ids of all rows one after another; never 0.</summary>
    /// <param name="index">Place among the list features.</param>
    public ReadOnlySpan<int> ListIds(int index) => _ids[index].AsSpan(0, _offsets[index][RowCount]);

    /// <summary>Labels of a task, length n; NaN where there was none.</summary>
    /// <param name="task">Place of the task in the schema.</param>
    public ReadOnlySpan<float> Labels(int task = 0) => _labels[task].AsSpan(0, RowCount);

    /// <summary>Forgets all rows and keeps the memory.</summary>
    public void Clear() => RowCount = 0;

    /// <summary>Adds an encoded row.</summary>
    /// <param name="row">Made by the encoder of this layout.</param>
    /// <param name="labels">One per task; or empty for none, as when serving.</param>
    /// <param name="group">Number of the group, −1 for none.</param>
    /// <exception cref="ArgumentException">Another layout, or not one label per task.</exception>
    public void Append(FeatureRow row, ReadOnlySpan<float> labels, int group = -1)
    {
        if (!ReferenceEquals(row.Layout, Layout) || (!labels.IsEmpty && labels.Length != _labels.Length))
        {
            throw new ArgumentException($"the row is of another layout, or its {labels.Length} labels are not {_labels.Length}", nameof(row));
        }

        Reserve(RowCount + 1);
        for (var i = 0; i < _dense.Length; i++)
        {
            _dense[i][RowCount] = row.Dense[i];
        }

        for (var i = 0; i < _categorical.Length; i++)
        {
            _categorical[i][RowCount] = row.Categorical[i];
        }

        for (var i = 0; i < _labels.Length; i++)
        {
            _labels[i][RowCount] = labels.IsEmpty ? float.NaN : labels[i];
        }

        _groups[RowCount] = group;
        for (var i = 0; i < _ids.Length; i++)
        {
            AppendList(i, RowCount, row.List(i));
        }

        RowCount++;
    }

    /// <summary>Replaces all rows by copies of some of another table's.</summary>
    /// <param name="source">Another table of the same layout.</param>
    /// <param name="rows">Rows of it, in the order wanted.</param>
    /// <exception cref="ArgumentException">The same table, another layout, or a row that does not exist.</exception>
    public void Gather(FeatureTable source, ReadOnlySpan<int> rows)
    {
        if (ReferenceEquals(source, this) || !ReferenceEquals(source.Layout, Layout))
        {
            throw new ArgumentException("another table of the same layout is expected", nameof(source));
        }

        foreach (var row in rows)
        {
            if ((uint)row >= (uint)source.RowCount)
            {
                throw new ArgumentException($"row {row} is none of {source.RowCount}", nameof(rows));
            }
        }

        Clear();
        Reserve(rows.Length);
        Copy(source._dense, _dense, rows);
        Copy(source._categorical, _categorical, rows);
        Copy(source._labels, _labels, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            _groups[i] = source._groups[rows[i]];
        }

        for (var list = 0; list < _ids.Length; list++)
        {
            var offsets = source._offsets[list];
            for (var i = 0; i < rows.Length; i++)
            {
                AppendList(list, i, source._ids[list].AsSpan(offsets[rows[i]], offsets[rows[i] + 1] - offsets[rows[i]]));
            }
        }

        RowCount = rows.Length;
    }

    private static T[][] Columns<T>(int count, int length)
    {
        var columns = new T[count][];
        for (var i = 0; i < count; i++)
        {
            columns[i] = new T[length];
        }

        return columns;
    }

    private static void Copy<T>(T[][] from, T[][] to, ReadOnlySpan<int> rows)
    {
        for (var column = 0; column < from.Length; column++)
        {
            var (source, target) = (from[column], to[column]);
            for (var i = 0; i < rows.Length; i++)
            {
                target[i] = source[rows[i]];
            }
        }
    }

    private static void Grow<T>(T[][] columns, int length)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            Array.Resize(ref columns[i], length);
        }
    }

    private void AppendList(int list, int row, ReadOnlySpan<int> ids)
    {
        var start = _offsets[list][row];
        if (_ids[list].Length < start + ids.Length)
        {
            Array.Resize(ref _ids[list], checked(Math.Max(start + ids.Length, start + (start / 2) + 16)));
        }

        ids.CopyTo(_ids[list].AsSpan(start));
        _offsets[list][row + 1] = start + ids.Length;
    }

    private void Reserve(int rows)
    {
        if (rows <= _capacity)
        {
            return;
        }

        _capacity = Math.Max(rows, _capacity + (_capacity / 2) + 16);
        Grow(_dense, _capacity);
        Grow(_categorical, _capacity);
        Grow(_offsets, _capacity + 1);
        Grow(_labels, _capacity);
        Array.Resize(ref _groups, _capacity);
    }
}
