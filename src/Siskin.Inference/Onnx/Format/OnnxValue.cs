namespace Siskin.Inference.Onnx.Format;

/// <summary>An input or output of a graph (<c>ValueInfoProto</c> of a tensor type).</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">What it consists of; undefined when it is not a tensor.</param>
/// <param name="Dimensions">Its shape; null when not even the number of dimensions is known.</param>
/// <param name="Description">For people; null for none.</param>
internal sealed record OnnxValue(string Name, OnnxElementType ElementType, IReadOnlyList<OnnxDimension>? Dimensions, string? Description = null)
{
    public void Write(ProtoWriter writer)
    {
        writer.String(1, Name);
        writer.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Int64(1, (long)ElementType);
            if (Dimensions is not null)
            {
                tensor.Message(2, shape =>
                {
                    foreach (var dimension in Dimensions)
                    {
                        shape.Message(1, dimension.Write);
                    }
                });
            }
        }));
        writer.String(3, Description);
    }

    public static OnnxValue Read(ProtoReader reader)
    {
        var value = new OnnxValue("", OnnxElementType.Undefined, null);
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            value = field switch
            {
                1 => value with { Name = reader.String() },
                2 => ReadType(reader.Message(), value),
                3 => value with { Description = reader.String() },
                _ => value,
            };
        }

        return value;
    }

    private static OnnxValue ReadType(ProtoReader reader, OnnxValue value)
    {
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            if (field == 1)
            {
                value = ReadTensorType(reader.Message(), value);
            }
        }

        return value;
    }

    private static OnnxValue ReadTensorType(ProtoReader reader, OnnxValue value)
    {
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            value = field switch
            {
                1 => value with { ElementType = (OnnxElementType)reader.Int64() },
                2 => value with { Dimensions = ReadShape(reader.Message()) },
                _ => value,
            };
        }

        return value;
    }

    private static List<OnnxDimension> ReadShape(ProtoReader reader)
    {
        var dimensions = new List<OnnxDimension>();
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            if (field == 1)
            {
                dimensions.Add(OnnxDimension.Read(reader.Message()));
            }
        }

        return dimensions;
    }
}
