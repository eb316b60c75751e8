using System.Buffers.Binary;
using System.IO.Hashing;

namespace Siskin.Storage.EventLog;

/// <summary>The frame around one batch in a segment, and the header of the segment itself.</summary>
/// <remarks>
/// Frame, little-endian: mark (u32), payload length (u32), start of its group (i64), time of append (i64, unix ms),
/// checksum (u64), payload. The checksum is XxHash3 of the first 24 bytes, seeded with XxHash3 of the payload.
/// <para>
/// The group's start tells a torn tail from corruption: a group is written only after the group before it was synced,
/// so a frame whose group starts behind a damaged place proves that the place was once durable.
/// </para>
/// </remarks>
internal readonly record struct EventFrame(int PayloadLength, long GroupStart, long AppendedMs)
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 32;

    /// <summary>Bytes before a segment's first frame: magic, format version, zero, start position, checksum.</summary>
    public const int SegmentHeaderBytes = 32;

    /// <summary>Largest payload of one batch.</summary>
    public const int MaxPayloadBytes = 64 << 20;

    private const uint FormatVersion = 1;

    /// <summary>Begins every frame, so that a scan can find the next one behind a damaged place.</summary>
    public static ReadOnlySpan<byte> Mark => [0x9F, (byte)'S', (byte)'k', 0xE1];

    private static ReadOnlySpan<byte> Magic => "SiskinEv"u8;

    /// <summary>Length of the frame in the file.</summary>
    public int TotalBytes => HeaderBytes + PayloadLength;

    /// <summary>Writes the header in front of a payload.</summary>
    /// <param name="frame">Header and payload.</param>
    /// <param name="payloadHash">XxHash3 of the payload, which the appending thread computed.</param>
    /// <param name="groupStart">Position at which the group of appends starts.</param>
    /// <param name="appendedMs">Wall time of the append.</param>
    public static void WriteHeader(Span<byte> frame, ulong payloadHash, long groupStart, long appendedMs)
    {
        Mark.CopyTo(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], groupStart);
        BinaryPrimitives.WriteInt64LittleEndian(frame[16..], appendedMs);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[24..], XxHash3.HashToUInt64(frame[..24], (long)payloadHash));
    }

    /// <summary>Reads a header; what it says is proven only by <see cref="IsIntact"/>.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out EventFrame frame)
    {
        frame = default;
        if (bytes.Length < HeaderBytes || !bytes.StartsWith(Mark))
        {
            return false;
        }

        frame = new(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        return frame.PayloadLength is > 0 and <= MaxPayloadBytes;
    }

    /// <summary>Whether header and payload agree with the checksum.</summary>
    /// <param name="bytes">The whole frame.</param>
    public static bool IsIntact(ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes[..24], (long)XxHash3.HashToUInt64(bytes[HeaderBytes..]))
        == BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);

    /// <summary>The header of a segment.</summary>
    public static byte[] SegmentHeader(long start)
    {
        var bytes = new byte[SegmentHeaderBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), start);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), XxHash3.HashToUInt64(bytes.AsSpan(0, 24)));
        return bytes;
    }

    /// <summary>Throws unless the bytes are the header of the segment that starts at a position.</summary>
    /// <exception cref="InvalidDataException">They are not, or a newer version wrote them.</exception>
    public static void CheckSegmentHeader(ReadOnlySpan<byte> bytes, long start, string path)
    {
        if (bytes.Length < SegmentHeaderBytes || !bytes.StartsWith(Magic)
            || XxHash3.HashToUInt64(bytes[..24]) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..])
            || BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) != start)
        {
            throw new InvalidDataException($"'{path}': the header (offset 0) is not that of an event segment starting at {start}.");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != FormatVersion)
        {
            throw new InvalidDataException($"'{path}' has format version {version}; this program reads version {FormatVersion}.");
        }
    }
}
