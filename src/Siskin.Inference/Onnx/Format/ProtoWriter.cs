using Google.Protobuf;

namespace Siskin.Inference.Onnx.Format;

/// <summary>Writes the fields of Protobuf messages to a stream, or only counts their bytes, because a message's size stands before it.</summary>
/// <remarks>Fields are written even where they have Protobuf's default value: readers of ONNX ask whether some are there.</remarks>
internal sealed class ProtoWriter
{
    private readonly Stream? _stream;
    private readonly CodedOutputStream? _output;

    /// <summary>Counts.</summary>
    private ProtoWriter()
    {
    }

    /// <summary>Writes.</summary>
    /// <param name="stream">Stays open.</param>
    private ProtoWriter(Stream stream) => (_stream, _output) = (stream, new CodedOutputStream(stream, leaveOpen: true));

    /// <summary>Bytes so far.</summary>
    private long Bytes { get; set; }

    /// <summary>Bytes that a message takes.</summary>
    /// <param name="fields">Writes its fields.</param>
    public static long SizeOf(Action<ProtoWriter> fields)
    {
        var counter = new ProtoWriter();
        fields(counter);
        return counter.Bytes;
    }

    /// <summary>Writes a message.</summary>
    /// <param name="stream">Stays open.</param>
    /// <param name="fields">Writes its fields.</param>
    public static void Write(Stream stream, Action<ProtoWriter> fields)
    {
        var writer = new ProtoWriter(stream);
        fields(writer);
        writer._output!.Flush();
    }

    /// <summary>A whole number, or a value of an enumeration.</summary>
    public void Int64(int field, long value)
    {
        Tag(field, WireFormat.WireType.Varint);
        Bytes += CodedOutputStream.ComputeInt64Size(value);
        _output?.WriteInt64(value);
    }

    /// <summary>A number of single precision.</summary>
    public void Float(int field, float value)
    {
        Tag(field, WireFormat.WireType.Fixed32);
        Bytes += sizeof(float);
        _output?.WriteFloat(value);
    }

    /// <summary>Text, as UTF-8; nothing for null.</summary>
    public void String(int field, string? value)
    {
        if (value is not null)
        {
            Tag(field, WireFormat.WireType.LengthDelimited);
            Bytes += CodedOutputStream.ComputeStringSize(value);
            _output?.WriteString(value);
        }
    }

    /// <summary>Bytes as they are.</summary>
    public void Content(int field, ReadOnlyMemory<byte> value)
    {
        Tag(field, WireFormat.WireType.LengthDelimited);
        Length(value.Length);
        Bytes += value.Length;
        if (_output is not null)
        {
            // Tables of embeddings are large: past the buffer, and without a copy.
            _output.Flush();
            _stream!.Write(value.Span);
        }
    }

    /// <summary>A message within this one.</summary>
    /// <param name="field">Its number.</param>
    /// <param name="fields">Writes its fields.</param>
    public void Message(int field, Action<ProtoWriter> fields)
    {
        Tag(field, WireFormat.WireType.LengthDelimited);
        var size = SizeOf(fields);
        Length(size);
        if (_output is null)
        {
            Bytes += size;
        }
        else
        {
            fields(this);
        }
    }

    private void Tag(int field, WireFormat.WireType type)
    {
        Bytes += CodedOutputStream.ComputeTagSize(field);
        _output?.WriteTag(field, type);
    }

    private void Length(long length)
    {
        Bytes += CodedOutputStream.ComputeInt64Size(length);
        _output?.WriteInt64(length);
    }
}
