using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Onnx.Runtime;
using Siskin.Inference.Tensors;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Inference.Onnx.Runtime;

/// <summary>Small ONNX files.</summary>
internal static class RuntimeModels
{
    public const OnnxElementType Float = OnnxElementType.Float;

    /// <summary>A file of one graph.</summary>
    public static byte[] File(OnnxGraph graph, long operatorSet = 15, string domain = "") =>
        Bytes(new OnnxModel { OperatorSets = new Dictionary<string, long> { [""] = operatorSet, [domain] = domain.Length > 0 ? 1 : operatorSet }, Graph = graph });

    public static byte[] Bytes(OnnxModel model)
    {
        using var stream = new MemoryStream();
        model.Write(stream);
        return stream.ToArray();
    }

    /// <summary>y = x · w, of n × the rows of w.</summary>
    public static OnnxGraph Product(OnnxTensor w) => new()
    {
        Name = "product",
        Inputs = [new("x", Float, ["n", w.Dimensions[0]])],
        Outputs = [new("y", Float, ["n", w.Dimensions[1]])],
        Initializers = [w],
        Nodes = [new OnnxNode { Operator = "MatMul", Inputs = ["x", w.Name], Outputs = ["y"] }],
    };

    /// <summary>What goes in comes out.</summary>
    public static OnnxGraph Identity(OnnxElementType type, params OnnxDimension[] dimensions) => new()
    {
        Name = "identity",
        Inputs = [new("x", type, dimensions)],
        Outputs = [new("y", type, dimensions)],
        Nodes = [new OnnxNode { Operator = "Identity", Inputs = ["x"], Outputs = ["y"] }],
    };

    /// <summary>y = a + b, both of n.</summary>
    public static OnnxGraph Sum() => new()
    {
        Name = "sum",
        Inputs = [new("a", Float, ["n"]), new("b", Float, ["n"])],
        Outputs = [new("y", Float, ["n"])],
        Nodes = [new OnnxNode { Name = "adds", Operator = "Add", Inputs = ["a", "b"], Outputs = ["y"] }],
    };

    public static OnnxServable Load(OnnxGraph graph, OnnxRuntimeOptions? options = null) => Load(File(graph), options);

    public static OnnxServable Load(byte[] file, OnnxRuntimeOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder.File("model.onnx"), file);
        return OnnxServable.Load(folder.File("model.onnx"), options);
    }

    public static async Task<Tensor> RunAsync(OnnxServable servable, params Tensor[] inputs) => (await servable.RunAsync(inputs, []))[0];

    public static async Task<float[]> FloatsAsync(OnnxServable servable, params Tensor[] inputs) => (float[])(await RunAsync(servable, inputs)).Data;

    /// <summary>What the interpreter of tests takes, as tensors.</summary>
    public static Tensor[] Tensors(Dictionary<string, OnnxArray> inputs) =>
    [
        .. inputs.Select(input => input.Value.Type == OnnxElementType.Int64
            ? Tensor.Of(input.Key, Array.ConvertAll(input.Value.Values, value => (long)value), [.. input.Value.Shape.Select(length => (long)length)])
            : Tensor.Of(input.Key, Array.ConvertAll(input.Value.Values, value => (float)value), [.. input.Value.Shape.Select(length => (long)length)])),
    ];
}
