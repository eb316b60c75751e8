using System.Text.Unicode;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Tensors as nested lists of JSON, and back.</summary>
/// <remarks>
/// Values go from the text into typed arrays and out of them without objects between. Texts are JSON texts; bytes that
/// are no text are <c>{"b64": "…"}</c>.
/// </remarks>
public static class TensorJson
{
    /// <summary>Reads a value or nested lists; the shape is theirs.</summary>
    /// <param name="reader">On the first token; then on the last.</param>
    /// <param name="name">Of the tensor.</param>
    /// <param name="type">What the values must be.</param>
    /// <exception cref="ServableException">The lists are ragged, a value is not of the type or does not fit into it, or it is not JSON.</exception>
    public static Tensor Read(ref TensorJsonReader reader, string name, TensorType type)
    {
        using var values = new TensorCollector(name, type);
        values.Read(ref reader);
        return values.ToTensor();
    }

    /// <summary>Reads a tensor of a known shape: nested accordingly, or all values in one list.</summary>
    /// <param name="reader">On the first token; then on the last.</param>
    /// <param name="name">Of the tensor.</param>
    /// <param name="type">What the values must be.</param>
    /// <param name="shape">What the values must add up to.</param>
    /// <exception cref="ServableException">As above, or the shape is another.</exception>
    public static Tensor Read(ref TensorJsonReader reader, string name, TensorType type, IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        using var values = new TensorCollector(name, type);
        values.Read(ref reader);
        return values.ToTensor(shape);
    }

    /// <summary>Writes a tensor as nested lists; a single value where it has no dimensions.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tensor">What.</param>
    /// <param name="asBase64">Whether bytes are written as base64 though they may be text.</param>
    public static void Write(TensorJsonWriter writer, Tensor tensor, bool asBase64 = false)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var offset = 0;
        WriteNested(writer, tensor, 0, ref offset, asBase64);
    }

    /// <summary>Writes all values in one list.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tensor">What.</param>
    /// <param name="asBase64">Whether bytes are written as base64 texts, without an object around each.</param>
    public static void WriteFlat(TensorJsonWriter writer, Tensor tensor, bool asBase64 = false)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(tensor);
        writer.StartArray();
        if (tensor.Type == TensorType.Bytes)
        {
            foreach (var value in tensor.Values<byte[]>())
            {
                if (asBase64)
                {
                    writer.Base64Text(value);
                }
                else
                {
                    writer.Text(value);
                }
            }
        }
        else
        {
            WriteValues(writer, tensor, 0, tensor.Count, false);
        }

        writer.EndArray();
    }

    /// <summary>Writes one row of a batch: what stands behind one index of the first dimension.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tensor">Of at least one dimension.</param>
    /// <param name="row">From 0.</param>
    /// <param name="asBase64">Whether bytes are written as base64 though they may be text.</param>
    public static void WriteRow(TensorJsonWriter writer, Tensor tensor, int row, bool asBase64 = false)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var offset = row * (int)(tensor.Count / tensor.Shape[0]);
        WriteNested(writer, tensor, 1, ref offset, asBase64);
    }

    private static void WriteNested(TensorJsonWriter writer, Tensor tensor, int dimension, ref int offset, bool asBase64)
    {
        if (dimension == tensor.Shape.Count)
        {
            WriteValues(writer, tensor, offset++, 1, asBase64);
            return;
        }

        var length = (int)tensor.Shape[dimension];
        writer.StartArray();
        if (dimension == tensor.Shape.Count - 1)
        {
            WriteValues(writer, tensor, offset, length, asBase64);
            offset += length;
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                WriteNested(writer, tensor, dimension + 1, ref offset, asBase64);
            }
        }

        writer.EndArray();
    }

    private static void WriteValues(TensorJsonWriter writer, Tensor tensor, int start, int count, bool asBase64)
    {
        switch (tensor.Data)
        {
            case float[] values:
                foreach (var value in values.AsSpan(start, count))
                {
                    writer.Real(value);
                }

                break;
            case double[] values:
                foreach (var value in values.AsSpan(start, count))
                {
                    writer.Real(value);
                }

                break;
            case Half[] values:
                foreach (var value in values.AsSpan(start, count))
                {
                    writer.Real(value);
                }

                break;
            case bool[] values:
                foreach (var value in values.AsSpan(start, count))
                {
                    writer.Boolean(value);
                }

                break;
            case byte[][] values:
                foreach (var value in values.AsSpan(start, count))
                {
                    WriteBytes(writer, value, asBase64);
                }

                break;
            default:
                WriteIntegers(writer, tensor, start, count);
                break;
        }
    }

    // The runtime takes an array of signed numbers for one of unsigned numbers of the same size: the type tells.
    private static void WriteIntegers(TensorJsonWriter writer, Tensor tensor, int start, int count)
    {
        switch (tensor.Type)
        {
            case TensorType.Int64:
                foreach (var value in tensor.Values<long>().Slice(start, count))
                {
                    writer.Integer(value);
                }

                break;
            case TensorType.Int32:
                foreach (var value in tensor.Values<int>().Slice(start, count))
                {
                    writer.Integer(value);
                }

                break;
            case TensorType.Int16:
                foreach (var value in tensor.Values<short>().Slice(start, count))
                {
                    writer.Integer(value);
                }

                break;
            case TensorType.Int8:
                foreach (var value in tensor.Values<sbyte>().Slice(start, count))
                {
                    writer.Integer(value);
                }

                break;
            case TensorType.UInt64:
                foreach (var value in tensor.Values<ulong>().Slice(start, count))
                {
                    writer.Integer(value);
                }

                break;
            case TensorType.UInt32:
                foreach (var value in tensor.Values<uint>().Slice(start, count))
                {
                    writer.Integer((long)value);
                }

                break;
            case TensorType.UInt16:
                foreach (var value in tensor.Values<ushort>().Slice(start, count))
                {
                    writer.Integer((long)value);
                }

                break;
            default:
                foreach (var value in tensor.Values<byte>().Slice(start, count))
                {
                    writer.Integer((long)value);
                }

                break;
        }
    }

    private static void WriteBytes(TensorJsonWriter writer, byte[] value, bool asBase64)
    {
        if (!asBase64 && Utf8.IsValid(value))
        {
            writer.Text(value);
            return;
        }

        writer.StartObject();
        writer.Name("b64");
        writer.Base64Text(value);
        writer.EndObject();
    }
}
