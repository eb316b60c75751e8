namespace Siskin.Data.Datasets;

/// <summary>What a reader of a data set tells while it reads: bad rows, remarks and how far it is.</summary>
/// <remarks>
/// One context serves one reading at a time and may be used for several in turn: rows and bad rows add up, the work done
/// starts again with each. Numbers may be read from other threads.
/// </remarks>
public sealed class DatasetReadContext
{
    private readonly DatasetReadContext? _parent;
    private long _rowsRead;
    private long _badRows;
    private long _workDone;
    private long _workTotal;

    /// <summary>A context for a new reading.</summary>
    public DatasetReadContext()
    {
    }

    private DatasetReadContext(DatasetReadContext parent) => _parent = parent;

    /// <summary>Whether the first bad row ends the reading with a <see cref="DatasetFormatException"/>.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Told of each bad row, in strict mode too, on the reading thread.</summary>
    public Action<BadRow>? OnBadRow { get; init; }

    /// <summary>Told what the reader found out by itself, such as the form of a time column.</summary>
    public Action<string>? OnNote { get; init; }

    /// <summary>Rows read, the bad ones included.</summary>
    public long RowsRead => Volatile.Read(ref _rowsRead);

    /// <summary>Rows that could not be used.</summary>
    public long BadRows => Volatile.Read(ref _badRows);

    /// <summary>How much of <see cref="WorkTotal"/> is behind the reader: bytes of files, or rows of a generated data set.</summary>
    public long WorkDone => Volatile.Read(ref _workDone);

    /// <summary>Bytes of all files of this reading, or rows that will be generated; 0 before it starts.</summary>
    public long WorkTotal => Volatile.Read(ref _workTotal);

    /// <summary>How much of the present reading is done, 0 to 1.</summary>
    public double FractionDone => WorkTotal > 0 ? Math.Min(1, (double)WorkDone / WorkTotal) : 0;

    /// <summary>A context whose work counts for this one, but whose rows, bad rows and remarks nobody hears of.</summary>
    internal DatasetReadContext Quiet() => new(this);

    internal void Begin(long workTotal)
    {
        Volatile.Write(ref _workDone, 0);
        Volatile.Write(ref _workTotal, workTotal);
    }

    internal void Advance(long work)
    {
        var target = _parent ?? this;
        Interlocked.Add(ref target._workDone, work);
    }

    internal void CountRow() => Interlocked.Increment(ref _rowsRead);

    internal void Note(string text) => OnNote?.Invoke(text);

    /// <summary>Counts and tells of a bad row; throws in strict mode.</summary>
    internal void Reject(string path, long line, string reason)
    {
        CountRow();
        RejectRead(path, line, reason);
    }

    /// <summary>The same for a row that was counted when it was read.</summary>
    internal void RejectRead(string path, long line, string reason)
    {
        Interlocked.Increment(ref _badRows);
        OnBadRow?.Invoke(new BadRow(path, line, reason));
        if (IsStrict)
        {
            throw new DatasetFormatException(path, line, reason);
        }
    }
}
