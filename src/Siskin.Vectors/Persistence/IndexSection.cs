using System.Runtime.CompilerServices;

namespace Siskin.Vectors.Persistence;

/// <summary>One section of an open index file, as memory.</summary>
/// <remarks>
/// The memory belongs to the <see cref="IndexFile"/>, which must stay reachable and not be disposed while it is used. It may
/// be written: that changes this process's copy, never the file. Before a piece is first read or written
/// <see cref="EnsureVerified(long, long)"/> must have been called for it, unless <see cref="IndexFile.AllVerified"/> is true.
/// </remarks>
internal sealed unsafe class IndexSection
{
    private readonly IndexBlocks _blocks;
    private readonly IndexSectionRecord _record;

    /// <summary>Describes a section.</summary>
    public IndexSection(IndexBlocks blocks, IndexSectionRecord record, long firstBlock, byte* pointer)
    {
        _blocks = blocks;
        _record = record;
        FirstBlock = firstBlock;
        Pointer = pointer;
    }

    /// <summary>Its name.</summary>
    public string Name => _record.Name;

    /// <summary>Where in the file it begins.</summary>
    public long Offset => _record.Offset;

    /// <summary>Bytes.</summary>
    public long Length => _record.Length;

    /// <summary>Bytes of an element.</summary>
    public int ElementSize => _record.ElementSize;

    /// <summary>Elements.</summary>
    public long Count => _record.Length / _record.ElementSize;

    /// <summary>Its first byte, aligned to 64; to 4,096 where it is mapped. Zeros follow its last one up to the next multiple of 4,096.</summary>
    public byte* Pointer { get; internal set; }

    /// <summary>Its first block, counted through the file.</summary>
    internal long FirstBlock { get; }

    /// <summary>Its line in the directory.</summary>
    internal IndexSectionRecord Record => _record;

    /// <summary>Makes sure that a piece is as it was written.</summary>
    /// <param name="offset">From the section's start.</param>
    /// <param name="length">Bytes, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The piece is not inside of the section.</exception>
    /// <exception cref="ModelFormatException">It is damaged; the offset is where the damaged block begins in the file.</exception>
    /// <remarks>The first touch of a block reads and compares it: tens of microseconds. Later ones test a bit. Safe from any threads.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnsureVerified(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            ThrowOutside(offset, length);
        }

        if (!_blocks.AllVerified && length > 0)
        {
            _blocks.Ensure(FirstBlock, _record, offset, length);
        }
    }

    /// <summary>Makes sure of the whole section.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public void EnsureVerified() => EnsureVerified(0, Length);

    /// <summary>A copy of the whole section, verified: for what is small.</summary>
    /// <exception cref="ModelFormatException">It is damaged, its elements are not of this size, or there are too many for an array.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        if (ElementSize != sizeof(T) || Count > Array.MaxLength)
        {
            throw _blocks.Invalid(Offset, $"section '{Name}' has {Count} elements of {ElementSize} bytes, expected at most {Array.MaxLength} of {sizeof(T)}");
        }

        EnsureVerified();
        return new ReadOnlySpan<T>(Pointer, (int)Count).ToArray();
    }

    private void ThrowOutside(long offset, long length) =>
        throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes from {offset} on are not inside of section '{Name}' of {Length} bytes");
}
