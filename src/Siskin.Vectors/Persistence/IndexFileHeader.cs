using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Siskin.Vectors.Persistence;

/// <summary>The first page of an index file.</summary>
/// <param name="Kind">What kind of index it is: 1 to 16 letters, digits or hyphens.</param>
/// <param name="KindVersion">Version of that kind's sections and metadata.</param>
/// <param name="BlockBytes">Bytes under one checksum.</param>
/// <param name="SectionCount">Number of sections.</param>
/// <param name="BlockCount">Number of checksums of all sections.</param>
/// <param name="MetadataBytes">Length of the metadata.</param>
/// <param name="DirectoryOffset">Where the directory begins; it goes to the file's end.</param>
/// <param name="DirectoryHash">Its checksum.</param>
/// <param name="FileLength">Bytes of the whole file.</param>
internal sealed record IndexFileHeader(
    string Kind,
    int KindVersion,
    int BlockBytes,
    int SectionCount,
    long BlockCount,
    int MetadataBytes,
    long DirectoryOffset,
    ulong DirectoryHash,
    long FileLength)
{
    private const int KindOffset = 16;
    private const int MaxKind = 16;
    private const int HashOffset = IndexFileLayout.PageBytes - 8;

    /// <summary>Bytes of the directory.</summary>
    public long DirectoryBytes => (SectionCount * (long)IndexSectionRecord.Bytes) + (BlockCount * 8) + MetadataBytes;

    /// <summary>Whether a text can be a kind.</summary>
    public static bool IsKind(string kind) =>
        kind.Length is > 0 and <= MaxKind && kind.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>Writes the page.</summary>
    /// <param name="page">Output, 4,096 bytes.</param>
    public void Write(Span<byte> page)
    {
        page.Clear();
        IndexFileLayout.Magic.CopyTo(page);
        BinaryPrimitives.WriteInt32LittleEndian(page[8..], IndexFileLayout.FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(page[12..], BlockBytes);
        Encoding.ASCII.GetBytes(Kind, page.Slice(KindOffset, MaxKind));
        BinaryPrimitives.WriteInt32LittleEndian(page[32..], KindVersion);
        BinaryPrimitives.WriteInt32LittleEndian(page[36..], SectionCount);
        BinaryPrimitives.WriteInt64LittleEndian(page[40..], FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(page[48..], DirectoryOffset);
        BinaryPrimitives.WriteInt64LittleEndian(page[56..], BlockCount);
        BinaryPrimitives.WriteInt32LittleEndian(page[64..], MetadataBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[72..], DirectoryHash);
        Seal(page);
    }

    /// <summary>Writes the page's checksum.</summary>
    /// <param name="page">4,096 bytes.</param>
    public static void Seal(Span<byte> page) =>
        BinaryPrimitives.WriteUInt64LittleEndian(page[HashOffset..], IndexFileLayout.Hash(page[..HashOffset]));

    /// <summary>Reads the page, and checks all that can be checked without the rest of the file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="page">The file's first bytes, 4,096 of them when it has so many.</param>
    /// <param name="fileLength">How long the file is.</param>
    /// <exception cref="ModelFormatException">No index file, a damaged or truncated one, or one of another format version.</exception>
    public static IndexFileHeader Read(string path, ReadOnlySpan<byte> page, long fileLength)
    {
        var magic = IndexFileLayout.Magic;
        if (page.Length == 0)
        {
            throw new ModelFormatException(path, 0, "the file is empty");
        }

        if (page.Length < magic.Length || !page[..magic.Length].SequenceEqual(magic))
        {
            throw new ModelFormatException(path, 0, "this is no index file: it does not begin as one");
        }

        if (page.Length < IndexFileLayout.PageBytes)
        {
            throw new ModelFormatException(path, page.Length, $"the file ends here, inside of its header of {IndexFileLayout.PageBytes} bytes: it is truncated");
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(page[HashOffset..]) != IndexFileLayout.Hash(page[..HashOffset]))
        {
            throw new ModelFormatException(path, HashOffset, "the header's checksum does not match its content: the file is damaged");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(page[8..]);
        if (version != IndexFileLayout.FormatVersion)
        {
            throw new ModelFormatException(path, 8, $"format version {version}; this program reads version {IndexFileLayout.FormatVersion}");
        }

        var header = new IndexFileHeader(
            Encoding.ASCII.GetString(page.Slice(KindOffset, MaxKind)).TrimEnd('\0'),
            BinaryPrimitives.ReadInt32LittleEndian(page[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(page[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(page[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(page[56..]),
            BinaryPrimitives.ReadInt32LittleEndian(page[64..]),
            BinaryPrimitives.ReadInt64LittleEndian(page[48..]),
            BinaryPrimitives.ReadUInt64LittleEndian(page[72..]),
            BinaryPrimitives.ReadInt64LittleEndian(page[40..]));
        header.Check(path, fileLength);
        return header;
    }

    private void Check(string path, long fileLength)
    {
        if (FileLength != fileLength)
        {
            throw new ModelFormatException(
                path,
                Math.Min(fileLength, Math.Max(FileLength, 0)),
                $"the file has {fileLength} bytes, its header says {FileLength}: it {(fileLength < FileLength ? "is truncated" : "has been appended to")}");
        }

        if (!IsKind(Kind))
        {
            throw new ModelFormatException(path, KindOffset, "the kind of index is no name");
        }

        if (BlockBytes < IndexFileLayout.PageBytes || BlockBytes > 16 << 20 || !BitOperations.IsPow2(BlockBytes))
        {
            throw new ModelFormatException(path, 12, $"blocks of {BlockBytes} bytes, expected a power of two from {IndexFileLayout.PageBytes} to {16 << 20}");
        }

        // A section has at most one block more than its length asks for, so that a header cannot make a reader allocate more
        // than a small part of the file's length.
        if (SectionCount is < 0 or > IndexFileLayout.MaxSections
            || MetadataBytes is < 0 or > IndexFileLayout.MaxMetadataBytes
            || BlockCount < 0
            || BlockCount > (FileLength / BlockBytes) + SectionCount)
        {
            throw new ModelFormatException(path, 36, $"{SectionCount} sections, {BlockCount} blocks and {MetadataBytes} bytes of metadata are not possible in a file of {FileLength} bytes");
        }

        if (DirectoryOffset < IndexFileLayout.PageBytes || DirectoryOffset % IndexFileLayout.PageBytes != 0 || DirectoryOffset > FileLength || FileLength - DirectoryOffset != DirectoryBytes)
        {
            throw new ModelFormatException(path, 48, $"a directory of {DirectoryBytes} bytes at {DirectoryOffset} does not end with the file, at {FileLength}");
        }
    }
}
