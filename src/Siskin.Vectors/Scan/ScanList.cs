using Siskin.Vectors.Memory;

namespace Siskin.Vectors.Scan;

/// <summary>One list's rows: appended in place while there is room, else copied into a larger list that takes its place.</summary>
/// <remarks>One writer at a time, any number of readers, which see the rows below the <see cref="Count"/> that they read. Whoever reads keeps the list reachable.</remarks>
internal sealed unsafe class ScanList
{
    // Keeps the memory from being freed; a list in shared memory leaves that to the index.
    private readonly NativeBlock? _block;
    private int _count;

    /// <summary>Takes rows that lie in memory of the index.</summary>
    /// <param name="codes">Coded rows.</param>
    /// <param name="ids">Ids, −1 where a row was removed.</param>
    /// <param name="originals">Whole rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="fileRow">Number of the first row among those of the file; −1 when they are not in a file.</param>
    public ScanList(byte* codes, int* ids, byte* originals, int count, int fileRow)
    {
        Codes = codes;
        Ids = ids;
        Originals = originals;
        (Capacity, _count, FileRow) = (count, count, fileRow);
    }

    /// <summary>Makes an empty list with memory of its own.</summary>
    /// <param name="capacity">Rows that there is room for.</param>
    /// <param name="codeBytes">Bytes of their codes.</param>
    /// <param name="originalStride">Bytes of a whole row; 0 when the codes are whole rows.</param>
    public ScanList(int capacity, long codeBytes, int originalStride)
    {
        var idBytes = ((capacity * (long)sizeof(int)) + 63) & ~63L;
        codeBytes = (codeBytes + 127) & ~63L;
        _block = new(codeBytes + idBytes + ((long)capacity * originalStride));
        Codes = _block.Pointer;
        Ids = (int*)(Codes + codeBytes);
        Originals = originalStride > 0 ? Codes + codeBytes + idBytes : Codes;
        (Capacity, FileRow) = (capacity, -1);
    }

    /// <summary>Coded rows.</summary>
    public byte* Codes { get; }

    /// <summary>Ids, −1 where a row was removed.</summary>
    public int* Ids { get; }

    /// <summary>Whole rows.</summary>
    public byte* Originals { get; }

    /// <summary>Rows that there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Number of the first row among those of the file; −1 when they are not in a file.</summary>
    public int FileRow { get; }

    /// <summary>Rows, removed ones among them.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Removed rows; for the writer.</summary>
    public int Removed { get; set; }

    /// <summary>Bytes of memory of its own.</summary>
    public long OwnBytes => _block?.Length ?? 0;

    /// <summary>Shows rows that were written.</summary>
    public void Publish(int count) => Volatile.Write(ref _count, count);

    /// <summary>Frees its own memory; nobody may read any more.</summary>
    public void Free() => _block?.Dispose();
}
