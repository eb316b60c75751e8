using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Siskin.Storage.EventLog;

/// <summary>The ids of a sealed segment: a file of sorted hashes, a filter in front of it, and the first hash of each page.</summary>
/// <remarks>
/// In memory 12 bits per id and 8 bytes per page of 256 ids; a lookup that passes the filter reads one page of 4 KiB.
/// File, little-endian: magic (8 bytes), format version (u32), zero (u32), the segment's start, the newest append
/// (i64, unix ms), count (i64), the hashes (16 bytes each, ascending), checksum (XxHash3, u64) of all before.
/// Safe for concurrent use.
/// </remarks>
internal sealed class EventIdSegmentIndex : IEventIds, IDisposable
{
    private const int HeaderBytes = 40;
    private const int HashBytes = 16;
    private const int HashesPerPage = 256;
    private const uint FormatVersion = 1;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly EventIdFilter _filter;
    private readonly ulong[] _firstOfPage;
    private readonly int _count;

    private EventIdSegmentIndex(SafeFileHandle file, string path, int count, long newestAppendMs)
    {
        _file = file;
        _path = path;
        _count = count;
        _filter = new(count);
        _firstOfPage = new ulong[(count + HashesPerPage - 1) / HashesPerPage];
        NewestAppendMs = newestAppendMs;
    }

    /// <summary>Wall time of the segment's newest append, unix ms.</summary>
    public long NewestAppendMs { get; }

    private static ReadOnlySpan<byte> Magic => "SiskinId"u8;

    /// <summary>Writes the file beside and renames it into place.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public static void Write(string path, long segmentStart, long newestAppendMs, ReadOnlySpan<UInt128> sortedHashes)
    {
        var temporary = path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        {
            Span<byte> header = stackalloc byte[HeaderBytes];
            header.Clear();
            Magic.CopyTo(header);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], FormatVersion);
            BinaryPrimitives.WriteInt64LittleEndian(header[16..], segmentStart);
            BinaryPrimitives.WriteInt64LittleEndian(header[24..], newestAppendMs);
            BinaryPrimitives.WriteInt64LittleEndian(header[32..], sortedHashes.Length);
            var checksum = new XxHash3();
            checksum.Append(header);
            stream.Write(header);
            Span<byte> bytes = stackalloc byte[HashBytes];
            foreach (var hash in sortedHashes)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
                checksum.Append(bytes);
                stream.Write(bytes);
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes, checksum.GetCurrentHashAsUInt64());
            stream.Write(bytes[..8]);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Opens an index; null when it is missing, damaged or of another format, and must be rebuilt.</summary>
    public static EventIdSegmentIndex? TryOpen(string path, long segmentStart)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        EventIdSegmentIndex? index = null;
        try
        {
            index = TryLoad(file, path, segmentStart);
            return index;
        }
        finally
        {
            if (index is null)
            {
                file.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public bool Contains(UInt128 idHash)
    {
        if (!_filter.MayContain(idHash))
        {
            return false;
        }

        // Pages are told apart by the upper halves of their first hashes; equal halves (never seen, but possible)
        // may span pages, so the search starts at the first page that can hold the hash.
        var upper = (ulong)(idHash >> 64);
        var page = FirstPage(upper);
        var buffer = ArrayPool<byte>.Shared.Rent(HashesPerPage * HashBytes);
        try
        {
            for (; page < _firstOfPage.Length && _firstOfPage[page] <= upper; page++)
            {
                if (SearchPage(page, idHash, buffer))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static EventIdSegmentIndex? TryLoad(SafeFileHandle file, string path, long segmentStart)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (RandomAccess.Read(file, header, 0) != HeaderBytes || !header.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != FormatVersion
            || BinaryPrimitives.ReadInt64LittleEndian(header[16..]) != segmentStart)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        if (count < 0 || count > int.MaxValue || RandomAccess.GetLength(file) != HeaderBytes + (count * HashBytes) + 8)
        {
            return null;
        }

        var index = new EventIdSegmentIndex(file, path, (int)count, BinaryPrimitives.ReadInt64LittleEndian(header[24..]));
        var checksum = new XxHash3();
        checksum.Append(header);
        var buffer = new byte[HashesPerPage * HashBytes];
        for (var page = 0; page < index._firstOfPage.Length; page++)
        {
            var bytes = index.ReadPage(page, buffer);
            checksum.Append(bytes);
            index._firstOfPage[page] = (ulong)(BinaryPrimitives.ReadUInt128LittleEndian(bytes) >> 64);
            for (var i = 0; i < bytes.Length; i += HashBytes)
            {
                index._filter.Add(BinaryPrimitives.ReadUInt128LittleEndian(bytes[i..]));
            }
        }

        var stored = buffer.AsSpan(0, 8);
        return RandomAccess.Read(file, stored, HeaderBytes + (count * HashBytes)) == 8
            && BinaryPrimitives.ReadUInt64LittleEndian(stored) == checksum.GetCurrentHashAsUInt64() ? index : null;
    }

    private int FirstPage(ulong upper)
    {
        var found = Array.BinarySearch(_firstOfPage, upper);
        if (found < 0)
        {
            return Math.Max(~found - 1, 0);
        }

        while (found > 0 && _firstOfPage[found] == upper)
        {
            found--;
        }

        return found;
    }

    private bool SearchPage(int page, UInt128 idHash, byte[] buffer)
    {
        var bytes = ReadPage(page, buffer);
        var low = 0;
        var high = (bytes.Length / HashBytes) - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var hash = BinaryPrimitives.ReadUInt128LittleEndian(bytes[(middle * HashBytes)..]);
            if (hash == idHash)
            {
                return true;
            }

            (low, high) = hash < idHash ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    private ReadOnlySpan<byte> ReadPage(int page, byte[] buffer)
    {
        var first = page * HashesPerPage;
        var bytes = buffer.AsSpan(0, Math.Min(HashesPerPage, _count - first) * HashBytes);
        return RandomAccess.Read(_file, bytes, HeaderBytes + ((long)first * HashBytes)) == bytes.Length
            ? bytes
            : throw new IOException($"'{_path}' became shorter while it was open.");
    }
}
