using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Siskin.Vectors;

namespace Siskin.Inference.Onnx.Format;

/// <summary>Reads the fields of a Protobuf message from memory, one after the other. Fields that are not asked for are passed over.</summary>
internal sealed class ProtoReader
{
    // A graph within an attribute within a node within a graph is four deep; real models have few of them.
    private const int MaxDepth = 100;

    private readonly byte[] _bytes;
    private readonly string _path;
    private readonly CodedInputStream _input;
    private readonly int _depth;
    private uint _tag;
    private bool _isRead = true;

    /// <param name="bytes">The file.</param>
    /// <param name="path">For messages.</param>
    public ProtoReader(byte[] bytes, string path)
        : this(bytes, path, 0, bytes.Length, 0)
    {
    }

    private ProtoReader(byte[] bytes, string path, int start, int length, int depth) =>
        (_bytes, _path, _input, _depth) = (bytes, path, new CodedInputStream(bytes, start, length), depth);

    /// <summary>Number of the field that is next, from 1; 0 at the end.</summary>
    public int Next()
    {
        try
        {
            if (!_isRead)
            {
                _input.SkipLastField();
            }

            _tag = _input.ReadTag();
            _isRead = false;
            return WireFormat.GetTagFieldNumber(_tag);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Damaged(e.Message);
        }
    }

    /// <summary>The field as a whole number.</summary>
    public long Int64() => Take(WireFormat.WireType.Varint, input => input.ReadInt64());

    /// <summary>The field as a number of single precision.</summary>
    public float Float() => Take(WireFormat.WireType.Fixed32, input => input.ReadFloat());

    /// <summary>The field as text.</summary>
    public string String() => Encoding.UTF8.GetString(Content().Span);

    /// <summary>The field as bytes; a part of the file, not a copy.</summary>
    public ReadOnlyMemory<byte> Content()
    {
        var (start, length) = Payload();
        return _bytes.AsMemory(start, length);
    }

    /// <summary>The field as a message.</summary>
    public ProtoReader Message()
    {
        if (_depth == MaxDepth)
        {
            throw Damaged($"messages lie within each other more than {MaxDepth} deep");
        }

        var (start, length) = Payload();
        return new ProtoReader(_bytes, _path, start, length, _depth + 1);
    }

    /// <summary>Adds one whole number, or many that are packed together.</summary>
    public void AddTo(List<long> numbers)
    {
        if (WireFormat.GetTagWireType(_tag) == WireFormat.WireType.Varint)
        {
            numbers.Add(Int64());
            return;
        }

        var (start, length) = Payload();
        var packed = new CodedInputStream(_bytes, start, length);
        try
        {
            while (!packed.IsAtEnd)
            {
                numbers.Add(packed.ReadInt64());
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Damaged(e.Message);
        }
    }

    /// <summary>Adds one number of single precision, or many that are packed together.</summary>
    public void AddTo(List<float> numbers)
    {
        if (WireFormat.GetTagWireType(_tag) == WireFormat.WireType.Fixed32)
        {
            numbers.Add(Float());
            return;
        }

        var content = Content().Span;
        if (content.Length % sizeof(float) != 0)
        {
            throw Damaged($"{content.Length} bytes are no whole number of floats");
        }

        numbers.AddRange(MemoryMarshal.Cast<byte, float>(content));
    }

    /// <summary>What to throw when the field that was read last cannot be.</summary>
    public ModelFormatException Damaged(string message) => new(_path, _input.Position, message);

    private T Take<T>(WireFormat.WireType type, Func<CodedInputStream, T> read)
    {
        Expect(type);
        try
        {
            _isRead = true;
            return read(_input);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Damaged(e.Message);
        }
    }

    private (int Start, int Length) Payload()
    {
        Expect(WireFormat.WireType.LengthDelimited);
        var start = (int)_input.Position;
        Take(WireFormat.WireType.LengthDelimited, input =>
        {
            input.SkipLastField();
            return 0;
        });

        // The length, whose last byte alone has no highest bit.
        while (_bytes[start++] >= 0x80)
        {
        }

        return (start, (int)_input.Position - start);
    }

    private void Expect(WireFormat.WireType type)
    {
        if (WireFormat.GetTagWireType(_tag) != type)
        {
            throw Damaged($"field {WireFormat.GetTagFieldNumber(_tag)} should be of wire type {type} and is {WireFormat.GetTagWireType(_tag)}");
        }
    }
}
