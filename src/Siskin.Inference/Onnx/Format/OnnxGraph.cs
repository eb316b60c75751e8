namespace Siskin.Inference.Onnx.Format;

/// <summary>Operations in the order of computing, with their constants (<c>GraphProto</c>): a whole model, or the body of a loop.</summary>
internal sealed record OnnxGraph
{
    public required string Name { get; init; }

    /// <summary>In the order of computing.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; init; } = [];

    /// <summary>Constants, by name.</summary>
    public IReadOnlyList<OnnxTensor> Initializers { get; init; } = [];

    public IReadOnlyList<OnnxValue> Inputs { get; init; } = [];

    public IReadOnlyList<OnnxValue> Outputs { get; init; } = [];

    public void Write(ProtoWriter writer)
    {
        foreach (var node in Nodes)
        {
            writer.Message(1, node.Write);
        }

        writer.String(2, Name);
        foreach (var tensor in Initializers)
        {
            writer.Message(5, tensor.Write);
        }

        foreach (var input in Inputs)
        {
            writer.Message(11, input.Write);
        }

        foreach (var output in Outputs)
        {
            writer.Message(12, output.Write);
        }
    }

    public static OnnxGraph Read(ProtoReader reader)
    {
        var name = "";
        var (nodes, initializers, inputs, outputs) = (new List<OnnxNode>(), new List<OnnxTensor>(), new List<OnnxValue>(), new List<OnnxValue>());
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            switch (field)
            {
                case 1: nodes.Add(OnnxNode.Read(reader.Message())); break;
                case 2: name = reader.String(); break;
                case 5: initializers.Add(OnnxTensor.Read(reader.Message())); break;
                case 11: inputs.Add(OnnxValue.Read(reader.Message())); break;
                case 12: outputs.Add(OnnxValue.Read(reader.Message())); break;
                case 15: throw reader.Damaged("the graph has sparse constants, which are not read");
            }
        }

        return new OnnxGraph { Name = name, Nodes = nodes, Initializers = initializers, Inputs = inputs, Outputs = outputs };
    }
}
