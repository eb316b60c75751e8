using System.IO.Hashing;

namespace Siskin.Vectors.Persistence;

/// <summary>Where things are in an index file.</summary>
/// <remarks>
/// <code>
/// page 0      header, its last eight bytes the checksum of the others
/// sections    each from a multiple of 4,096 on, filled up with zeros to the next multiple
/// directory   section records, block checksums, metadata; its checksum is in the header
/// </code>
/// A section's checksums are per block of 256 KiB, counted from its start, the last one with the zeros behind it. So every
/// byte of the file is under exactly one checksum, and a change anywhere is found. All numbers are little-endian.
/// </remarks>
internal static class IndexFileLayout
{
    /// <summary>Version of the container. Magic, this number and the header's checksum keep their places in later ones.</summary>
    public const int FormatVersion = 1;

    /// <summary>Alignment of sections, and the header's size.</summary>
    public const int PageBytes = 4096;

    /// <summary>Bytes under one checksum, as written; readers take it from the header.</summary>
    /// <remarks>Small enough that the first touch of a block costs tens of microseconds, large enough that checksums are 1/32,768 of the file.</remarks>
    public const int BlockBytes = 256 << 10;

    /// <summary>Most sections of a file.</summary>
    public const int MaxSections = 1024;

    /// <summary>Most bytes of metadata.</summary>
    public const int MaxMetadataBytes = 16 << 20;

    /// <summary>First bytes of every index file. The first one is no text, the last is a line feed, which text transfers change.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'S', (byte)'I', (byte)'S', (byte)'K', (byte)'I', (byte)'N', (byte)'\n'];

    /// <summary>The next multiple of a page.</summary>
    public static long Align(long offset) => (offset + PageBytes - 1) & -PageBytes;

    /// <summary>How many checksums a section of this length has.</summary>
    public static long BlockCount(long length, int blockBytes) => (Align(length) + blockBytes - 1) / blockBytes;

    /// <summary>The checksum used throughout: XXH3, 64 bits.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);

    /// <summary>Refuses to work where numbers in memory are not little-endian.</summary>
    /// <exception cref="PlatformNotSupportedException">The processor is big-endian.</exception>
    public static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("index files are mapped as they are and need a little-endian processor");
        }
    }
}
