using Siskin.Vectors.Memory;
using Siskin.Vectors.Persistence;

namespace Siskin.Vectors.Lsh;

/// <summary>Values of one type outside the managed heap: in a native block of their own, or in an open index file.</summary>
/// <remarks>
/// Freed when nobody reaches it any more, so that a search may go on in a part that has just been replaced; whoever uses the
/// pointer keeps this object alive. 64 bytes after the end may be read.
/// </remarks>
internal sealed unsafe class BlockOf<T>
    where T : unmanaged
{
    // A NativeBlock or an IndexFile, which lives as long as this.
    private readonly object _owner;

    /// <summary>Makes room, filled with zeros.</summary>
    public BlockOf(long length)
    {
        Length = length;
        var block = new NativeBlock(length * sizeof(T));
        _owner = block;
        Pointer = (T*)block.Pointer;
    }

    /// <summary>Takes a section of an open file as it is, or a stretch of one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="section">Of that file, verified where it is read.</param>
    /// <param name="start">First value.</param>
    /// <param name="length">Number of values.</param>
    public BlockOf(IndexFile file, IndexSection section, long start, long length)
    {
        (_owner, Length) = (file, length);
        Pointer = (T*)section.Pointer + start;
    }

    public T* Pointer { get; }

    public long Length { get; }

    public long SizeBytes => Length * sizeof(T);
}
