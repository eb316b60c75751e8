namespace Siskin.Inference.Onnx.Format;

/// <summary>One operation of a graph (<c>NodeProto</c>).</summary>
internal sealed record OnnxNode
{
    /// <summary>For messages; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Name of the ONNX operator.</summary>
    public required string Operator { get; init; }

    /// <summary>The operator's domain; empty for ONNX's own.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Names of what it takes; empty for an optional input that is not given.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Names of what it gives.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    public IReadOnlyList<OnnxAttribute> Attributes { get; init; } = [];

    /// <summary>An attribute's value, or null.</summary>
    public object? this[string attribute] => Attributes.FirstOrDefault(a => a.Name == attribute)?.Value;

    public void Write(ProtoWriter writer)
    {
        foreach (var input in Inputs)
        {
            writer.String(1, input);
        }

        foreach (var output in Outputs)
        {
            writer.String(2, output);
        }

        writer.String(3, Name);
        writer.String(4, Operator);
        foreach (var attribute in Attributes)
        {
            writer.Message(5, attribute.Write);
        }

        writer.String(7, Domain);
    }

    public static OnnxNode Read(ProtoReader reader)
    {
        var (name, type, domain) = ("", "", "");
        var (inputs, outputs, attributes) = (new List<string>(), new List<string>(), new List<OnnxAttribute>());
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: inputs.Add(reader.String()); break;
                case 2: outputs.Add(reader.String()); break;
                case 3: name = reader.String(); break;
                case 4: type = reader.String(); break;
                case 5: attributes.Add(OnnxAttribute.Read(reader.Message())); break;
                case 7: domain = reader.String(); break;
            }
        }

        return new OnnxNode { Name = name, Operator = type, Domain = domain, Inputs = inputs, Outputs = outputs, Attributes = attributes };
    }
}
