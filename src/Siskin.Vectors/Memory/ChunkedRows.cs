using System.Runtime.CompilerServices;
using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Memory;

/// <summary>Rows of equal size that never move: readers keep on reading while rows are appended.</summary>
/// <remarks>One writer at a time grows it; readers may read any row below a capacity that they have seen.</remarks>
internal sealed unsafe class ChunkedRows : IDisposable
{
    /// <summary>Rows of a chunk, as a power of two.</summary>
    public const int Shift = 13;

    /// <summary>Rows of a chunk.</summary>
    public const int ChunkRows = 1 << Shift;

    private const int Mask = ChunkRows - 1;
    private const int MaxChunks = 1 << (31 - Shift);

    private readonly List<NativeBlock> _blocks = [];
    private readonly NativeBlock _tableBlock = new((long)MaxChunks * sizeof(byte*));
    private readonly byte** _table;
    private int _chunks;

    /// <summary>Starts without rows.</summary>
    /// <param name="stride">Bytes from one row to the next.</param>
    public ChunkedRows(int stride)
    {
        Stride = stride;
        _table = (byte**)_tableBlock.Pointer;
    }

    /// <summary>Bytes from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>How many rows there is room for.</summary>
    public int Capacity => Volatile.Read(ref _chunks) << Shift;

    /// <summary>Addresses of the chunks, for loops that keep them in a register.</summary>
    public byte** Table => _table;

    /// <summary>Address of a row.</summary>
    /// <param name="row">Below <see cref="Capacity"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Row(int row) => _table[row >> Shift] + ((nint)(row & Mask) * Stride);

    /// <summary>Makes room, all new rows in one piece.</summary>
    /// <param name="rows">How many rows there must be room for; new ones hold zeros.</param>
    public void Reserve(int rows)
    {
        var chunks = (int)(((long)rows + ChunkRows - 1) >> Shift);
        if (chunks <= _chunks)
        {
            return;
        }

        var block = new NativeBlock((long)(chunks - _chunks) * ChunkRows * Stride);
        _blocks.Add(block);
        Append(block.Pointer, chunks - _chunks);
    }

    /// <summary>Takes the rows of a section, which must stay open: whole chunks where they lie, the rest verified and copied, so that there is room to go on.</summary>
    /// <param name="section">Rows of this stride.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="ModelFormatException">The rest is damaged.</exception>
    public void Open(IndexSection section, int rows)
    {
        Append(section.Pointer, rows >> Shift);
        var rest = (long)(rows & Mask) * Stride;
        if (rest > 0)
        {
            var start = (long)(rows & ~Mask) * Stride;
            section.EnsureVerified(start, rest);
            Reserve(rows);
            Buffer.MemoryCopy(section.Pointer + start, Row(rows & ~Mask), rest, rest);
        }
    }

    public void Dispose()
    {
        _blocks.ForEach(b => b.Dispose());
        _tableBlock.Dispose();
    }

    private void Append(byte* memory, int chunks)
    {
        for (var i = 0; i < chunks; i++)
        {
            _table[_chunks + i] = memory + ((long)i * ChunkRows * Stride);
        }

        Volatile.Write(ref _chunks, _chunks + chunks);
    }
}
