using System.Buffers.Binary;
using System.Text;

namespace Siskin.Storage.EventLog;

/// <summary>Reads the primitives of a payload; every read is checked against its end.</summary>
internal ref struct EventPayloadReader(ReadOnlySpan<byte> payload)
{
    private static readonly long MinTimeMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long MaxTimeMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private ReadOnlySpan<byte> _rest = payload;

    public static InvalidDataException Damaged() => new("The payload of an event batch is damaged.");

    public static DateTimeOffset ToTime(long unixMs) =>
        unixMs >= MinTimeMs && unixMs <= MaxTimeMs ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs) : throw Damaged();

    public byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            throw Damaged();
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    public long ReadZigzag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Number of events: at least one, and no more than could stand in the payload.</summary>
    public int ReadCount()
    {
        var count = ReadVarint();
        return count >= 1 && count <= (ulong)_rest.Length ? (int)count : throw Damaged();
    }

    public double ReadDouble()
    {
        if (_rest.Length < 8)
        {
            throw Damaged();
        }

        var value = BinaryPrimitives.ReadDoubleLittleEndian(_rest);
        _rest = _rest[8..];
        return value;
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)_rest.Length)
        {
            throw Damaged();
        }

        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }

    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    public readonly void CheckEnd()
    {
        if (!_rest.IsEmpty)
        {
            throw Damaged();
        }
    }
}
