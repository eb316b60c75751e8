namespace Siskin.Inference.Onnx.Format;

/// <summary>A setting of a node (<c>AttributeProto</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A float, long, string, <see cref="OnnxTensor"/>, <see cref="OnnxGraph"/>, float[] or long[]; strings as a string[].</param>
internal sealed record OnnxAttribute(string Name, object Value)
{
    public void Write(ProtoWriter writer)
    {
        writer.String(1, Name);
        writer.Int64(20, (long)KindOf(Value));
        switch (Value)
        {
            case float value: writer.Float(2, value); break;
            case long value: writer.Int64(3, value); break;
            case string value: writer.String(4, value); break;
            case OnnxTensor value: writer.Message(5, value.Write); break;
            case OnnxGraph value: writer.Message(6, value.Write); break;
            case float[] values: Array.ForEach(values, value => writer.Float(7, value)); break;
            case long[] values: Array.ForEach(values, value => writer.Int64(8, value)); break;
            case string[] values: Array.ForEach(values, value => writer.String(9, value)); break;
        }
    }

    /// <exception cref="Vectors.ModelFormatException">It is of a kind that is not read.</exception>
    public static OnnxAttribute Read(ProtoReader reader)
    {
        var (name, kind) = ("", default(Kind));
        object? single = null;
        var (floats, integers, strings) = (new List<float>(), new List<long>(), new List<string>());
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: name = reader.String(); break;
                case 2: single = reader.Float(); break;
                case 3: single = reader.Int64(); break;
                case 4: single = reader.String(); break;
                case 5: single = OnnxTensor.Read(reader.Message()); break;
                case 6: single = OnnxGraph.Read(reader.Message()); break;
                case 7: reader.AddTo(floats); break;
                case 8: reader.AddTo(integers); break;
                case 9: strings.Add(reader.String()); break;
                case 20: kind = (Kind)reader.Int64(); break;
            }
        }

        // Writers may leave out what has Protobuf's default value.
        object? value = kind switch
        {
            Kind.Float => single ?? 0f,
            Kind.Int => single ?? 0L,
            Kind.String => single ?? "",
            Kind.Tensor or Kind.Graph => single,
            Kind.Floats => floats.ToArray(),
            Kind.Ints => integers.ToArray(),
            Kind.Strings => strings.ToArray(),
            _ => null,
        };
        return value is not null && KindOf(value) == kind
            ? new OnnxAttribute(name, value)
            : throw reader.Damaged($"attribute '{name}' is of kind {(int)kind}, which is not read, or has no value of it");
    }

    private static Kind KindOf(object value) => value switch
    {
        float => Kind.Float,
        long => Kind.Int,
        string => Kind.String,
        OnnxTensor => Kind.Tensor,
        OnnxGraph => Kind.Graph,
        float[] => Kind.Floats,
        long[] => Kind.Ints,
        string[] => Kind.Strings,
        _ => throw new ArgumentException($"a {value.GetType().Name} is no value of an attribute", nameof(value)),
    };

    // Numbers of AttributeProto.AttributeType.
    private enum Kind
    {
        Float = 1,
        Int = 2,
        String = 3,
        Tensor = 4,
        Graph = 5,
        Floats = 6,
        Ints = 7,
        Strings = 8,
    }
}
