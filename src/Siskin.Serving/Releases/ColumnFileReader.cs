using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Siskin.Vectors;

namespace Siskin.Serving.Releases;

/// <summary>Reads what <see cref="ColumnFileWriter"/> wrote; anything else is a <see cref="ModelFormatException"/>.</summary>
internal sealed class ColumnFileReader : IDisposable
{
    private const int MaxHeader = 1 << 20;
    private const int PieceBytes = 1 << 18;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, Column> _columns = new(StringComparer.Ordinal);

    public ColumnFileReader(string path)
    {
        _path = path;
        try
        {
            _file = File.OpenHandle(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, -1, "the file is missing");
        }

        try
        {
            ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public int[] Int32(string name) => Read<int>(name, ColumnKind.Int32);

    public long[] Int64(string name) => Read<long>(name, ColumnKind.Int64);

    public float[] Single(string name) => Read<float>(name, ColumnKind.Single);

    public double[] Double(string name) => Read<double>(name, ColumnKind.Double);

    public byte[] Bytes(string name) => Read<byte>(name, ColumnKind.Byte);

    /// <summary>A column of bytes as what they stand for.</summary>
    public T[] Bytes<T>(string name)
        where T : unmanaged => Read<T>(name, ColumnKind.Byte);

    public string[] Text(string name)
    {
        var (column, bytes, ends) = ReadText(name);
        try
        {
            // Equal neighbours and the few values of a category are one string each.
            var known = new Dictionary<ulong, string>();
            var values = new string[column.Count];
            for (var i = 0; i < values.Length; i++)
            {
                RestAt(i);
                values[i] = Shared(bytes.AsSpan((i == 0 ? 0 : ends[i - 1])..ends[i]), known);
            }

            return values;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>A column of texts that stay bytes until they are asked for.</summary>
    public TextList Texts(string name)
    {
        var (_, bytes, ends) = ReadText(name);
        var list = new TextList(bytes.AsSpan(0, ends.Length == 0 ? 0 : ends[^1]).ToArray(), ends);
        ArrayPool<byte>.Shared.Return(bytes);
        return list;
    }

    /// <summary>An error about a column's content, at its place in the file.</summary>
    public ModelFormatException Invalid(string name, string message) =>
        Bad(_columns.TryGetValue(name, out var column) ? column.Offset : -1, $"column '{name}': {message}");

    public void Dispose() => _file.Dispose();

    /// <summary>Lets requests go first, between pieces of a loop over rows.</summary>
    public static void RestAt(int row)
    {
        if ((row & 1023) == 1023)
        {
            LoadingThread.Rest();
        }
    }

    private void ReadHeader()
    {
        var length = RandomAccess.GetLength(_file);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, MaxHeader));
        try
        {
            ReadHeader(buffer.AsSpan(0, (int)Math.Min(length, MaxHeader)), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReadHeader(Span<byte> header, long length)
    {
        ReadFully(header, 0);
        var magic = ColumnFileWriter.Magic;
        if (header.Length < magic.Length + 8 || !header[..magic.Length].SequenceEqual(magic))
        {
            throw Bad(0, $"this is not a column file: it does not begin with {Encoding.ASCII.GetString(magic)}");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        if (version != ColumnFileWriter.FormatVersion)
        {
            throw Bad(8, $"format version {version}; this program reads version {ColumnFileWriter.FormatVersion}");
        }

        var count = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        var at = 16;
        for (var i = 0; i < count; i++)
        {
            if (at + 2 > header.Length)
            {
                throw Truncated(at);
            }

            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[at..]);
            var end = at + 2 + nameLength + 1 + 32;
            if (end > header.Length)
            {
                throw Truncated(at);
            }

            var name = Encoding.UTF8.GetString(header.Slice(at + 2, nameLength));
            var rest = header[(at + 2 + nameLength)..];
            _columns[name] = new Column(
                (ColumnKind)rest[0],
                BinaryPrimitives.ReadInt64LittleEndian(rest[1..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[9..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[17..]),
                BinaryPrimitives.ReadUInt64LittleEndian(rest[25..]));
            at = end;
        }

        if (at + 8 > header.Length)
        {
            throw Truncated(at);
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(header[at..]) != XxHash64.HashToUInt64(header[..at]))
        {
            throw Bad(at, "the header's checksum does not match its content");
        }

        foreach (var (name, column) in _columns)
        {
            if (column.Count < 0 || column.Size < 0 || column.Offset < 0 || column.Size > length - column.Offset)
            {
                throw Bad(column.Offset, $"column '{name}' should end at {column.Offset + column.Size}, the file ends at {length}: it is truncated");
            }
        }
    }

    private T[] Read<T>(string name, ColumnKind kind)
        where T : unmanaged
    {
        var column = Find(name, kind);
        var size = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        if (column.Size % size != 0 || column.Size / size != column.Count)
        {
            throw Bad(column.Offset, $"column '{name}' has {column.Size} bytes, which are not {column.Count} elements of {size}");
        }

        var values = GC.AllocateUninitializedArray<T>(checked((int)column.Count));
        Fill(name, column, values.AsSpan());
        return values;
    }

    /// <summary>Reads the bytes of a column of texts.</summary>
    /// <returns>The texts without their offsets, in a rented array; and where each ends in it.</returns>
    private unsafe (Column Column, byte[] Bytes, int[] Ends) ReadText(string name)
    {
        var column = Find(name, ColumnKind.Text);
        if (column.Size > Array.MaxLength || column.Count > (column.Size / 8) - 1)
        {
            throw Bad(column.Offset, $"column '{name}' holds {column.Size} bytes, {(column.Size > Array.MaxLength ? "more than a column of texts may" : $"fewer than its {column.Count} offsets need")}");
        }

        // Not the collector's memory: what is needed for a moment only would otherwise be large garbage.
        var memory = NativeMemory.Alloc((nuint)Math.Max(1, column.Size));
        try
        {
            var all = new Span<byte>(memory, (int)column.Size);
            Fill(name, column, all);
            var offsets = MemoryMarshal.Cast<byte, long>(all[..(int)((column.Count + 1) * 8)]);
            var text = all[(offsets.Length * 8)..];
            var ends = new int[column.Count];
            for (var i = 0; i < ends.Length; i++)
            {
                if (offsets[i] < 0 || offsets[i + 1] < offsets[i] || offsets[i + 1] > text.Length || offsets[0] != 0)
                {
                    throw Bad(column.Offset + (i * 8L), $"column '{name}' has a string that ends outside of it");
                }

                ends[i] = (int)offsets[i + 1];
            }

            var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
            text.CopyTo(bytes);
            return (column, bytes, ends);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static string Shared(ReadOnlySpan<byte> utf8, Dictionary<ulong, string> known)
    {
        const int MostShared = 1024;
        var hash = XxHash64.HashToUInt64(utf8);
        if (known.TryGetValue(hash, out var value) && Encoding.UTF8.GetByteCount(value) == utf8.Length && Encoding.UTF8.GetString(utf8) == value)
        {
            return value;
        }

        value = Encoding.UTF8.GetString(utf8);
        if (known.Count < MostShared)
        {
            known.TryAdd(hash, value);
        }

        return value;
    }

    private void Fill<T>(string name, Column column, Span<T> values)
        where T : unmanaged
    {
        var hash = new XxHash64();
        var offset = column.Offset;
        for (var left = MemoryMarshal.AsBytes(values); left.Length > 0;)
        {
            var piece = left[..Math.Min(left.Length, PieceBytes)];
            ReadFully(piece, offset);
            hash.Append(piece);
            offset += piece.Length;
            left = left[piece.Length..];
            LoadingThread.Rest();
        }

        if (hash.GetCurrentHashAsUInt64() != column.Hash)
        {
            throw Bad(column.Offset, $"column '{name}' does not match its checksum: the file is damaged");
        }
    }

    private Column Find(string name, ColumnKind kind)
    {
        if (!_columns.TryGetValue(name, out var column))
        {
            throw Bad(16, $"column '{name}' is missing");
        }

        return column.Kind == kind ? column : throw Bad(column.Offset, $"column '{name}' is of kind {column.Kind}, expected {kind}");
    }

    private void ReadFully(Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(_file, target[..Math.Min(target.Length, 1 << 30)], offset);
            if (read == 0)
            {
                throw Truncated(offset);
            }

            target = target[read..];
            offset += read;
        }
    }

    private ModelFormatException Truncated(long offset) => Bad(offset, "the file ends here, in the middle of what its header promises: it is truncated");

    private ModelFormatException Bad(long offset, string message) => new(_path, offset, message);

    private readonly record struct Column(ColumnKind Kind, long Count, long Offset, long Size, ulong Hash);
}
