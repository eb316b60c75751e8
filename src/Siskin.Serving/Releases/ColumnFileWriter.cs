using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Siskin.Serving.Releases;

/// <summary>Writes a column file: named arrays of numbers or strings, each checksummed and aligned.</summary>
/// <remarks>
/// Little-endian. Header: magic (8 bytes), format version (u32), column count (u32), then for each column its name
/// (u16 length, UTF-8), kind (u8), element count (i64), offset (i64), size in bytes (i64), XxHash64 of its bytes (u64);
/// then XxHash64 of everything before (u64). Columns follow, each at a multiple of 64 bytes.
/// A column of strings is its UTF-8 bytes behind count + 1 offsets (i64).
/// </remarks>
internal sealed class ColumnFileWriter
{
    internal const uint FormatVersion = 1;
    internal const int Alignment = 64;

    /// <summary>Elements that are read or written at a time: no span of bytes reaches over 2 GB, however long the column.</summary>
    internal const int PartElements = 1 << 20;

    private readonly List<(string Name, ColumnKind Kind, long Count, byte[][] Parts)> _columns = [];

    internal static ReadOnlySpan<byte> Magic => "SISKINC1"u8;

    public void Add(string name, ReadOnlySpan<int> values) => Add(name, ColumnKind.Int32, values.Length, Parts(values));

    public void Add(string name, ReadOnlySpan<long> values) => Add(name, ColumnKind.Int64, values.Length, Parts(values));

    public void Add(string name, ReadOnlySpan<float> values) => Add(name, ColumnKind.Single, values.Length, Parts(values));

    public void Add(string name, ReadOnlySpan<double> values) => Add(name, ColumnKind.Double, values.Length, Parts(values));

    public void Add(string name, ReadOnlySpan<byte> values) => Add(name, ColumnKind.Byte, values.Length, Parts(values));

    public void Add(string name, IReadOnlyList<string> values)
    {
        var offsets = new long[values.Count + 1];
        for (var i = 0; i < values.Count; i++)
        {
            offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(values[i]);
        }

        var bytes = new byte[offsets[^1]];
        for (var i = 0; i < values.Count; i++)
        {
            Encoding.UTF8.GetBytes(values[i], bytes.AsSpan((int)offsets[i]));
        }

        Add(name, ColumnKind.Text, values.Count, MemoryMarshal.AsBytes<long>(offsets).ToArray(), bytes);
    }

    /// <summary>Writes the file and makes it durable.</summary>
    public void Write(string path)
    {
        var headerSize = Magic.Length + 8 + _columns.Sum(c => 2 + Encoding.UTF8.GetByteCount(c.Name) + 1 + (4 * 8)) + 8;
        var header = new byte[headerSize];
        Magic.CopyTo(header);
        var at = Magic.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(at), FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(at + 4), (uint)_columns.Count);
        at += 8;
        var offset = Align(headerSize);
        foreach (var (name, kind, count, parts) in _columns)
        {
            var length = Encoding.UTF8.GetBytes(name, header.AsSpan(at + 2));
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at), (ushort)length);
            at += 2 + length;
            header[at++] = (byte)kind;
            var hash = new XxHash64();
            long size = 0;
            foreach (var part in parts)
            {
                hash.Append(part);
                size += part.Length;
            }

            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(at), count);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(at + 8), offset);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(at + 16), size);
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(at + 24), hash.GetCurrentHashAsUInt64());
            at += 32;
            offset = Align(offset + size);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(at), XxHash64.HashToUInt64(header.AsSpan(0, at)));

        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        stream.Write(header);
        foreach (var (_, _, _, parts) in _columns)
        {
            Pad(stream);
            foreach (var part in parts)
            {
                stream.Write(part);
            }
        }

        stream.Flush(flushToDisk: true);
    }

    internal static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static byte[][] Parts<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var parts = new byte[(values.Length + (long)PartElements - 1) / PartElements][];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = values[(i * PartElements)..];
            parts[i] = MemoryMarshal.AsBytes(part[..Math.Min(part.Length, PartElements)]).ToArray();
        }

        return parts;
    }

    private static void Pad(FileStream stream)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(Align(stream.Position) - stream.Position)]);
    }

    private void Add(string name, ColumnKind kind, long count, params byte[][] parts) => _columns.Add((name, kind, count, parts));
}
