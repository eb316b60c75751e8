using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Tests.Server.Models;

/// <summary>Models of the protocols' documents, and others that reach what those do not.</summary>
internal static class TestModels
{
    /// <summary>TensorFlow Serving's half_plus_two and half_plus_three.</summary>
    public static TestServable Half(float plus = 2) => new(
        [new("x", TensorType.Float32, [-1])],
        [new("y", TensorType.Float32, [-1])],
        inputs => [Tensor.Of("y", Array.ConvertAll((float[])inputs[0].Data, x => (x / 2) + plus), inputs[0].Shape)]);

    /// <summary>The three inputs of the document's example of rows; answers what it was given.</summary>
    public static TestServable Sensors() => Echo(
        new("tag", TensorType.Bytes, [-1]), new("signal", TensorType.Int64, [-1, 5]), new("sensor", TensorType.Float32, [-1, 2, 2]));

    /// <summary>Gives its inputs back.</summary>
    public static TestServable Echo(params TensorDescription[] inputs) => new(inputs, inputs, given => [.. given]);

    /// <summary>The two features of the document's example of a classification.</summary>
    public static TestServable Captions() => new(
        [new("image", TensorType.Bytes, [-1]), new("caption", TensorType.Bytes, [-1])],
        [new("classes", TensorType.Bytes, [-1, 2]), new("scores", TensorType.Float32, [-1, 2]), new("spare", TensorType.Float32, [-1])],
        given =>
        {
            var rows = given[0].Count;
            var lengths = given[0].Values<byte[]>().ToArray().Select(v => (float)v.Length).ToArray();
            return
            [
                Tensor.OfTexts("classes", given[1].Values<byte[]>().ToArray().SelectMany(c => new[] { System.Text.Encoding.UTF8.GetString(c), string.Empty }), rows, 2),
                Tensor.Of("scores", lengths.SelectMany(l => new[] { l, -l }).ToArray(), rows, 2),
                Tensor.Of("spare", lengths, rows),
            ];
        });

    /// <summary>Gives a vector back as scores.</summary>
    public static TestServable Scores(int columns) => new(
        [new("v", TensorType.Float32, [-1, columns])],
        [new("p", TensorType.Float32, [-1, columns])],
        given => [given[0].WithName("p")]);

    /// <summary>The model of the Open Inference Protocol's example.</summary>
    public static TestServable OpenInference() => new(
        [new("input0", TensorType.UInt32, [2, 2]), new("input1", TensorType.Bool, [3])],
        [new("output0", TensorType.Float32, [3, 2]), new("output1", TensorType.Bool, [3])],
        given => [Tensor.Of("output0", new[] { 1f, 1.1f, 2f, 2.1f, 3f, 3.1f }, 3, 2), given[1].WithName("output1")]);

    public static TestServable Failing(Exception exception) => new([new("x", TensorType.Float32, [-1])], [new("y", TensorType.Float32, [-1])], _ => throw exception);

    /// <summary>All of them.</summary>
    public static FakeModelServer Server()
    {
        var server = new FakeModelServer()
            .Add("half_plus_three", Half(3), 123)
            .Add("half_plus_two", Half(), 1, labels: "old")
            .Add("half_plus_two", Half(200), 2, labels: ["new", "stable"])
            .Add("half_plus_two", null, 3, ServableState.End, "model.onnx: no such operator")
            .Add("sensors", Sensors())
            .Add("captions", Captions())
            .Add("one", Scores(1))
            .Add("three", Scores(3))
            .Add("image", Echo(new TensorDescription("image_bytes", TensorType.Bytes, [-1])))
            .Add("uneven", new TestServable([new("x", TensorType.Float32, [-1])], [new("a", TensorType.Float32, [-1]), new("b", TensorType.Float32, [-1])], given => [given[0].WithName("a"), Tensor.Of("b", new float[7], 7)]))
            .Add("scalar", new TestServable([new("x", TensorType.Float32, [])], [new("x", TensorType.Float32, [])], given => [.. given]))
            .Add("mymodel", OpenInference());
        foreach (var type in Enum.GetValues<TensorType>())
        {
            server.Add($"echo_{type.ToString().ToLowerInvariant()}", Echo(new TensorDescription("x", type, [-1])));
            server.Add($"echo2_{type.ToString().ToLowerInvariant()}", Echo(new TensorDescription("x", type, [-1, -1])));
        }

        return server;
    }

    public static FakeModelServer WithFailures()
    {
        var server = Server()
            .Add("broken", Failing(new InvalidOperationException("the secret of the model")))
            .Add("offline", Failing(new IOException("the secret of the model")))
            .Add("impatient", Failing(new OperationCanceledException("the secret of the model")));
        foreach (var error in Enum.GetValues<ServableError>())
        {
            server.Add($"fails_{(int)error}", Failing(new ServableException(error, $"because of {error}")));
        }

        return server;
    }
}
