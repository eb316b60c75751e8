using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Siskin.Inference.Protocols;

/// <summary>Writes JSON into a pooled buffer, with NaN and the infinities among the numbers, and bytes of tensors behind it.</summary>
/// <remarks>Puts the commas. Floating-point numbers are the shortest that read back equal, and have a point or an exponent.</remarks>
public sealed class TensorJsonWriter : IDisposable
{
    private const int LongestNumber = 32;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;
    private bool _needsComma;

    /// <summary>All that was written; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Where the bytes of tensors begin; null when there are none.</summary>
    public int? JsonLength { get; private set; }

    /// <summary>Begins an object.</summary>
    public void StartObject() => Open((byte)'{');

    /// <summary>Ends an object.</summary>
    public void EndObject() => Close((byte)'}');

    /// <summary>Begins a list.</summary>
    public void StartArray() => Open((byte)'[');

    /// <summary>Ends a list.</summary>
    public void EndArray() => Close((byte)']');

    /// <summary>Writes the name of a member.</summary>
    public void Name(string name)
    {
        Text(name);
        Reserve(1)[0] = (byte)':';
        _length++;
        _needsComma = false;
    }

    /// <summary>Writes a member that is a text.</summary>
    public void Member(string name, string text)
    {
        Name(name);
        Text(text);
    }

    /// <summary>Writes a text.</summary>
    public void Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(size);
        Text(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Writes a text given as UTF-8.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        Quote();
        var encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        while (true)
        {
            var plain = encoder.FindFirstCharacterToEncodeUtf8(utf8);
            Append(plain < 0 ? utf8 : utf8[..plain]);
            if (plain < 0)
            {
                break;
            }

            // The encoder escapes what lies outside of the basic plane, which JSON need not have.
            utf8 = utf8[plain..];
            var isWhole = Rune.DecodeFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done;
            if (isWhole && !rune.IsBmp)
            {
                Append(utf8[..length]);
            }
            else
            {
                encoder.EncodeUtf8(utf8[..length], Reserve(64), out _, out var written);
                _length += written;
            }

            utf8 = utf8[length..];
        }

        Reserve(1)[0] = (byte)'"';
        _length++;
    }

    /// <summary>Writes bytes as a text in base64.</summary>
    public void Base64Text(ReadOnlySpan<byte> bytes)
    {
        Quote();
        Base64.EncodeToUtf8(bytes, Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        _length += written;
        Reserve(1)[0] = (byte)'"';
        _length++;
    }

    /// <summary>Writes true or false.</summary>
    public void Boolean(bool value)
    {
        Comma();
        Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>Writes a whole number.</summary>
    public void Integer(long value) => Number(value);

    /// <summary>Writes a whole number.</summary>
    public void Integer(ulong value) => Number(value);

    /// <summary>Writes a floating-point number.</summary>
    public void Real(double value) => RealNumber(value);

    /// <summary>Writes a floating-point number.</summary>
    public void Real(float value) => RealNumber(value);

    /// <summary>Writes a floating-point number.</summary>
    public void Real(Half value)
    {
        if (Half.IsInteger(value))
        {
            // The shortest digits that lead back to 65504 are 65500.
            RealNumber((float)value);
            return;
        }

        RealNumber(value);
    }

    /// <summary>Room for bytes of a tensor behind the JSON; what is given is taken as written.</summary>
    public Span<byte> Binary(int length)
    {
        JsonLength ??= _length;
        var room = Reserve(length)[..length];
        _length += length;
        return room;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var buffer = _buffer;
        (_buffer, _length) = ([], 0);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Number<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Comma();
        value.TryFormat(Reserve(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    // Lists must not mix whole numbers and others, or readers without types could not tell what they hold.
    private void RealNumber<T>(T value)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        if (!T.IsFinite(value))
        {
            Comma();
            Append(T.IsNaN(value) ? "NaN"u8 : T.IsNegative(value) ? "-Infinity"u8 : "Infinity"u8);
            return;
        }

        Comma();
        var start = _length;
        value.TryFormat(Reserve(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
        if (_buffer.AsSpan(start, written).IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            Append(".0"u8);
        }
    }

    private void Open(byte bracket)
    {
        Comma();
        Reserve(1)[0] = bracket;
        _length++;
        _needsComma = false;
    }

    private void Close(byte bracket)
    {
        Reserve(1)[0] = bracket;
        _length++;
        _needsComma = true;
    }

    private void Quote()
    {
        Comma();
        Reserve(1)[0] = (byte)'"';
        _length++;
    }

    private void Comma()
    {
        if (_needsComma)
        {
            Reserve(1)[0] = (byte)',';
            _length++;
        }

        _needsComma = true;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    private Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _length < length)
        {
            ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _buffer.Length, (long)_length + length), Array.MaxLength));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }
}
