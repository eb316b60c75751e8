using System.Buffers.Text;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>How one type of value is read; a structure, so that the compiler makes a loop for each.</summary>
internal interface ITensorElement<T>
{
    static abstract TensorType Type { get; }

    static abstract T Read(ref TensorJsonReader reader);
}

internal readonly struct BoolElement : ITensorElement<bool>
{
    public static TensorType Type => TensorType.Bool;

    public static bool Read(ref TensorJsonReader reader) => reader.GetBoolean();
}

internal readonly struct UInt8Element : ITensorElement<byte>
{
    public static TensorType Type => TensorType.UInt8;

    public static byte Read(ref TensorJsonReader reader) => (byte)reader.GetInteger(0, byte.MaxValue, "uint8");
}

internal readonly struct UInt16Element : ITensorElement<ushort>
{
    public static TensorType Type => TensorType.UInt16;

    public static ushort Read(ref TensorJsonReader reader) => (ushort)reader.GetInteger(0, ushort.MaxValue, "uint16");
}

internal readonly struct UInt32Element : ITensorElement<uint>
{
    public static TensorType Type => TensorType.UInt32;

    public static uint Read(ref TensorJsonReader reader) => (uint)reader.GetInteger(0, uint.MaxValue, "uint32");
}

internal readonly struct UInt64Element : ITensorElement<ulong>
{
    public static TensorType Type => TensorType.UInt64;

    public static ulong Read(ref TensorJsonReader reader) => reader.GetUnsigned(ulong.MaxValue, "uint64");
}

internal readonly struct Int8Element : ITensorElement<sbyte>
{
    public static TensorType Type => TensorType.Int8;

    public static sbyte Read(ref TensorJsonReader reader) => (sbyte)reader.GetInteger(sbyte.MinValue, sbyte.MaxValue, "int8");
}

internal readonly struct Int16Element : ITensorElement<short>
{
    public static TensorType Type => TensorType.Int16;

    public static short Read(ref TensorJsonReader reader) => (short)reader.GetInteger(short.MinValue, short.MaxValue, "int16");
}

internal readonly struct Int32Element : ITensorElement<int>
{
    public static TensorType Type => TensorType.Int32;

    public static int Read(ref TensorJsonReader reader) => (int)reader.GetInteger(int.MinValue, int.MaxValue, "int32");
}

internal readonly struct Int64Element : ITensorElement<long>
{
    public static TensorType Type => TensorType.Int64;

    public static long Read(ref TensorJsonReader reader) => reader.GetInteger(long.MinValue, long.MaxValue, "int64");
}

internal readonly struct Float16Element : ITensorElement<Half>
{
    public static TensorType Type => TensorType.Float16;

    public static Half Read(ref TensorJsonReader reader) => reader.GetHalf();
}

internal readonly struct Float32Element : ITensorElement<float>
{
    public static TensorType Type => TensorType.Float32;

    public static float Read(ref TensorJsonReader reader) => reader.GetSingle();
}

internal readonly struct Float64Element : ITensorElement<double>
{
    public static TensorType Type => TensorType.Float64;

    public static double Read(ref TensorJsonReader reader) => reader.GetDouble();
}

/// <summary>A text, or {"b64": "…"} for bytes that are none.</summary>
internal readonly struct BytesElement : ITensorElement<byte[]>
{
    public static TensorType Type => TensorType.Bytes;

    public static byte[] Read(ref TensorJsonReader reader)
    {
        if (reader.Token != TensorJsonToken.StartObject)
        {
            return reader.GetBytes();
        }

        reader.Read();
        if (reader.Token != TensorJsonToken.Name || !reader.IsText("b64"u8))
        {
            throw Refusal.Of($"'{reader.Subject}': an object among values is not of the form {{\"b64\": \"…\"}}");
        }

        reader.Read();
        var bytes = Decode(reader.GetBytes(), reader.Subject);
        reader.Expect(TensorJsonToken.EndObject, "Expecting 'b64' alone in its object");
        return bytes;
    }

    /// <summary>Whether the object that begins is one of base64.</summary>
    /// <param name="reader">On the object's begin; a copy goes ahead.</param>
    public static bool IsBase64(TensorJsonReader reader)
    {
        reader.Read();
        if (reader.Token != TensorJsonToken.Name || !reader.IsText("b64"u8))
        {
            return false;
        }

        reader.Read();
        if (reader.Token != TensorJsonToken.String)
        {
            return false;
        }

        reader.Read();
        return reader.Token == TensorJsonToken.EndObject;
    }

    /// <summary>Bytes written as base64; the padding may be missing.</summary>
    /// <exception cref="ServableException">They are not.</exception>
    public static byte[] Decode(byte[] text, string? subject)
    {
        var missing = (4 - (text.Length & 3)) & 3;
        if (missing is 1 or 2)
        {
            text = [.. text, .. "=="u8[..missing]];
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out var read, out var written) == System.Buffers.OperationStatus.Done && read == text.Length
            ? bytes[..written]
            : throw Refusal.Of($"'{subject}': Unable to base64 decode \"{Refusal.Show(text)}\"");
    }
}
