using System.Runtime.InteropServices;

namespace Siskin.Inference.Onnx.Format;

/// <summary>Numbers that stand in a model (<c>TensorProto</c>).</summary>
/// <param name="Name">Unique within its graph; empty within an attribute.</param>
/// <param name="ElementType">What it consists of.</param>
/// <param name="Dimensions">Its shape; empty for a single number.</param>
/// <param name="Content">Row-major and little-endian.</param>
internal sealed record OnnxTensor(string Name, OnnxElementType ElementType, long[] Dimensions, ReadOnlyMemory<byte> Content)
{
    /// <summary>The content as floats.</summary>
    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(Content.Span);

    /// <summary>The content as whole numbers of 64 bits.</summary>
    public ReadOnlySpan<long> Int64s => MemoryMarshal.Cast<byte, long>(Content.Span);

    public static OnnxTensor Of(string name, ReadOnlySpan<float> values, params long[] dimensions) =>
        new(name, OnnxElementType.Float, dimensions, MemoryMarshal.AsBytes(values).ToArray());

    public static OnnxTensor Of(string name, ReadOnlySpan<long> values, params long[] dimensions) =>
        new(name, OnnxElementType.Int64, dimensions, MemoryMarshal.AsBytes(values).ToArray());

    public void Write(ProtoWriter writer)
    {
        foreach (var dimension in Dimensions)
        {
            writer.Int64(1, dimension);
        }

        writer.Int64(2, (long)ElementType);
        writer.String(8, Name);
        writer.Content(9, Content);
    }

    /// <exception cref="Vectors.ModelFormatException">The numbers lie in another file, are of a type that is not read, or are not as many as the shape says.</exception>
    public static OnnxTensor Read(ProtoReader reader)
    {
        var (name, type, dimensions) = ("", OnnxElementType.Undefined, new List<long>());
        var (floats, integers) = (new List<float>(), new List<long>());
        ReadOnlyMemory<byte>? raw = null;
        var doubles = ReadOnlyMemory<byte>.Empty;
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: reader.AddTo(dimensions); break;
                case 2: type = (OnnxElementType)reader.Int64(); break;
                case 4: reader.AddTo(floats); break;
                case 5 or 7: reader.AddTo(integers); break;
                case 8: name = reader.String(); break;
                case 9: raw = reader.Content(); break;
                case 10: doubles = reader.Content(); break;
                case 14 when reader.Int64() == 1: throw reader.Damaged($"the numbers of tensor '{name}' lie in another file, which is not read");
            }
        }

        var (size, content) = type switch
        {
            OnnxElementType.Float => (sizeof(float), raw ?? Bytes(floats.ToArray())),
            OnnxElementType.Double => (sizeof(double), raw ?? doubles),
            OnnxElementType.Int64 => (sizeof(long), raw ?? Bytes(integers.ToArray())),
            OnnxElementType.Int32 => (sizeof(int), raw ?? Bytes(integers.ConvertAll(value => (int)value).ToArray())),
            OnnxElementType.Bool => (sizeof(byte), raw ?? integers.ConvertAll(value => (byte)value).ToArray()),
            _ => throw reader.Damaged($"tensor '{name}' is of type {(int)type}, which is not read"),
        };
        var count = dimensions.Aggregate((Int128)1, (product, dimension) => dimension < 0 ? throw reader.Damaged($"tensor '{name}' has a dimension of {dimension}") : Int128.Min(product * dimension, long.MaxValue));
        return count * size == content.Length
            ? new OnnxTensor(name, type, [.. dimensions], content)
            : throw reader.Damaged($"tensor '{name}' has {content.Length:N0} bytes, its shape asks for {count * size:N0}");
    }

    private static byte[] Bytes<T>(T[] values)
        where T : struct => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
