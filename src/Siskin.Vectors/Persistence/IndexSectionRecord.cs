using System.Buffers.Binary;
using System.Text;

namespace Siskin.Vectors.Persistence;

/// <summary>One section's line in the directory.</summary>
/// <param name="Name">1 to 31 bytes of ASCII.</param>
/// <param name="Offset">Where in the file it begins.</param>
/// <param name="Length">Bytes, without the zeros behind it.</param>
/// <param name="ElementSize">Bytes of one of its elements; the length is a multiple.</param>
internal sealed record IndexSectionRecord(string Name, long Offset, long Length, int ElementSize)
{
    /// <summary>Bytes of a record.</summary>
    public const int Bytes = 64;

    private const int MaxName = 32;

    /// <summary>Whether a text can be a section's name.</summary>
    public static bool IsName(string name) => name.Length is > 0 and < MaxName && name.All(c => c is > ' ' and < (char)127);

    /// <summary>Writes it.</summary>
    /// <param name="record">Output, 64 bytes.</param>
    public void Write(Span<byte> record)
    {
        record[..Bytes].Clear();
        Encoding.ASCII.GetBytes(Name, record);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(record[40..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[48..], ElementSize);
    }

    /// <summary>Reads one, which must begin where the one before it ends.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="recordOffset">Where in the file the record is.</param>
    /// <param name="record">64 bytes.</param>
    /// <param name="start">Where the section must begin.</param>
    /// <param name="end">Where the last section ends at the latest.</param>
    /// <exception cref="ModelFormatException">It does not.</exception>
    public static IndexSectionRecord Read(string path, long recordOffset, ReadOnlySpan<byte> record, long start, long end)
    {
        var read = new IndexSectionRecord(
            Encoding.ASCII.GetString(record[..MaxName]).TrimEnd('\0'),
            BinaryPrimitives.ReadInt64LittleEndian(record[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(record[48..]));
        if (!IsName(read.Name))
        {
            throw new ModelFormatException(path, recordOffset, "a section has no proper name");
        }

        if (read.Offset != start || read.Length < 0 || read.Length > end - start)
        {
            throw new ModelFormatException(path, recordOffset + 32, $"section '{read.Name}' has {read.Length} bytes from {read.Offset} on, expected it between {start} and {end}");
        }

        return read.ElementSize > 0 && read.Length % read.ElementSize == 0
            ? read
            : throw new ModelFormatException(path, recordOffset + 48, $"section '{read.Name}' has {read.Length} bytes, which are no whole number of elements of {read.ElementSize}");
    }
}
