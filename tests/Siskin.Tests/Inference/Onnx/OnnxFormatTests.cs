using System.Buffers;
using Siskin.Inference.Onnx.Format;
using Siskin.Vectors;

namespace Siskin.Tests.Inference.Onnx;

public sealed class OnnxFormatTests
{
    private static readonly OnnxModel Everything = new()
    {
        OperatorSets = new Dictionary<string, long> { [""] = 15, ["com.example"] = 2 },
        ProducerName = "a",
        ProducerVersion = "1.2",
        Metadata = new Dictionary<string, string> { ["key"] = "välue" },
        Graph = new OnnxGraph
        {
            Name = "g",
            Inputs = [new("x", OnnxElementType.Float, ["batch", 3], "an input"), new("y", OnnxElementType.Int64, null), new("z", OnnxElementType.Bool, [])],
            Outputs = [new("u", OnnxElementType.Float, [default, 2])],
            Initializers = [OnnxTensor.Of("f", [1.5f, -2], 2, 1), OnnxTensor.Of("i", [long.MinValue])],
            Nodes =
            [
                new OnnxNode
                {
                    Name = "n", Operator = "Op", Domain = "com.example", Inputs = ["x", "", "f"], Outputs = ["u"],
                    Attributes =
                    [
                        new("a", 0f), new("b", -7L), new("c", "täxt"), new("d", OnnxTensor.Of("", [1f], 1)), new("e", new[] { 1f, 2 }), new("f", new[] { 0L, -1 }),
                        new("g", new[] { "s", "" }), new("h", new OnnxGraph { Name = "inner", Nodes = [new OnnxNode { Operator = "Identity", Inputs = ["x"], Outputs = ["v"] }] }),
                    ],
                },
            ],
        },
    };

    [Fact]
    public void All_that_is_written_is_read()
    {
        var bytes = Bytes(Everything);
        var read = OnnxModel.Read(bytes, "m");
        Assert.Equal(bytes, Bytes(read));
        Assert.Equal((8, "a", "1.2", "välue"), (read.FormatVersion, read.ProducerName, read.ProducerVersion, read.Metadata["key"]));
        Assert.Equal(2, read.OperatorSets["com.example"]);
        var node = Assert.Single(read.Graph.Nodes);
        Assert.Equal(["x", "", "f"], node.Inputs);
        Assert.Equal((0f, -7L, "täxt"), ((float)node["a"]!, (long)node["b"]!, (string)node["c"]!));
        Assert.Equal([0L, -1], (long[])node["f"]!);
        Assert.Equal(["s", ""], (string[])node["g"]!);
        Assert.Equal("Identity", Assert.Single(((OnnxGraph)node["h"]!).Nodes).Operator);
        Assert.Equal(["batch", 3], read.Graph.Inputs[0].Dimensions!);
        Assert.Null(read.Graph.Inputs[1].Dimensions);
        Assert.Equal([1.5f, -2], read.Graph.Initializers[0].Floats.ToArray());
        Assert.Equal([long.MinValue], read.Graph.Initializers[1].Int64s.ToArray());
    }

    [Fact]
    public void A_file_by_other_writers_is_read()
    {
        // By Protobuf's rules: packed dims {2}, data_type FLOAT, packed float_data {1, 2}, name "t", and a field 99 to pass over.
        byte[] tensor = [0x0A, 1, 2, 0x10, 1, 0x22, 8, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0x42, 1, (byte)'t', 0x98, 0x06, 5];

        // Unpacked dims {2}, INT64, int64_data unpacked 3 and packed {−1}.
        byte[] integers = [0x08, 2, 0x10, 7, 0x38, 3, 0x3A, 10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
        byte[] graph = [0x2A, (byte)tensor.Length, .. tensor, 0x2A, (byte)integers.Length, .. integers];
        var model = OnnxModel.Read([0x3A, (byte)graph.Length, .. graph, 0x42, 11, 0x0A, 7, .. "ai.onnx"u8, 0x10, 15], "m");
        Assert.Equal([1f, 2], model.Graph.Initializers[0].Floats.ToArray());
        Assert.Equal([3L, -1], model.Graph.Initializers[1].Int64s.ToArray());
        Assert.Equal(15, model.OperatorSets[""]);
    }

    [Fact]
    public void A_file_cut_off_anywhere_or_with_a_bad_byte_is_refused_or_read_but_never_breaks_the_reader()
    {
        var bytes = Bytes(Everything);
        for (var length = 0; length < bytes.Length; length++)
        {
            TryRead(bytes[..length]);
            for (var value = 0; value < 256; value += 51)
            {
                byte[] changed = [.. bytes];
                changed[length] = (byte)value;
                TryRead(changed);
            }
        }

        Assert.Throws<ModelFormatException>(() => OnnxModel.Read(bytes[..(bytes.Length / 2)], "m"));
        Assert.Contains("there is no graph", Assert.Throws<ModelFormatException>(() => OnnxModel.Read([], "m.onnx")).Message);
    }

    [Fact]
    public void Graphs_nested_without_end_are_refused()
    {
        byte[] bytes = [];
        for (var i = 0; i < 2000; i++)
        {
            // A graph of a node of an attribute of a graph.
            bytes = Field(1, Field(5, Field(6, bytes)));
        }

        Assert.Contains("deep", Assert.Throws<ModelFormatException>(() => OnnxModel.Read(Field(7, bytes), "m")).Message);
    }

    [Fact]
    public void A_tensor_in_another_file_or_of_another_size_is_refused()
    {
        var model = Everything with { Graph = new OnnxGraph { Name = "g", Initializers = [new OnnxTensor("t", OnnxElementType.Float, [3], new byte[8])] } };
        Assert.Contains("tensor 't' has 8 bytes, its shape asks for 12", Assert.Throws<ModelFormatException>(() => OnnxModel.Read(Bytes(model), "m")).Message);
        Assert.Contains("another file", Assert.Throws<ModelFormatException>(() => OnnxModel.Read(Field(7, Field(5, [0x70, 1])), "m")).Message);
    }

    [Fact]
    public void A_model_of_two_gibibytes_is_refused_before_anything_is_written()
    {
        // Memory that is never read.
        var half = new Untouched(1_200_000_000).Memory;
        var model = Everything with { Graph = new OnnxGraph { Name = "large", Initializers = [new("a", OnnxElementType.Float, [300_000_000], half), new("b", OnnxElementType.Float, [300_000_000], half)] } };
        using var stream = new MemoryStream();
        Assert.Contains("'large' takes 2,400,000,", Assert.Throws<NotSupportedException>(() => model.Write(stream)).Message);
        Assert.Equal(0, stream.Length);
    }

    private static byte[] Bytes(OnnxModel model)
    {
        using var stream = new MemoryStream();
        model.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Field(int number, byte[] content)
    {
        var length = new List<byte>();
        for (var rest = content.Length; length.Count == 0 || rest > 0; rest >>= 7)
        {
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
        }

        return [(byte)((number << 3) | 2), .. length, .. content];
    }

    private static void TryRead(byte[] bytes)
    {
        try
        {
            OnnxModel.Read(bytes, "m");
        }
        catch (ModelFormatException)
        {
        }
    }

    private sealed class Untouched(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new NotSupportedException();

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
