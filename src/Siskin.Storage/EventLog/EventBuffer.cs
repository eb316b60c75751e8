using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Siskin.Storage.EventLog;

/// <summary>A growing byte buffer on pooled memory with the few primitives that the codec writes.</summary>
internal struct EventBuffer(int capacity)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public readonly int Length => _length;

    public readonly byte[] Array => _bytes;

    public void Skip(int count)
    {
        Reserve(count);
        _length += count;
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    /// <summary>Seven bits per byte, least significant first.</summary>
    public void WriteVarint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }

    /// <summary>Small for small values of either sign.</summary>
    public void WriteZigzag(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    public void WriteDouble(double value)
    {
        Reserve(8);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(_length), value);
        _length += 8;
    }

    /// <summary>Length in bytes, then UTF-8.</summary>
    /// <returns>The UTF-8 bytes; valid until the next write.</returns>
    /// <exception cref="EncoderFallbackException">The text holds a surrogate without its partner.</exception>
    public ReadOnlySpan<byte> WriteString(string text)
    {
        var size = StrictUtf8.GetByteCount(text);
        WriteVarint((uint)size);
        Reserve(size);
        var bytes = _bytes.AsSpan(_length, size);
        StrictUtf8.GetBytes(text, bytes);
        _length += size;
        return bytes;
    }

    public void Return()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + count), (int)Math.Min(2L * _bytes.Length, System.Array.MaxLength)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
