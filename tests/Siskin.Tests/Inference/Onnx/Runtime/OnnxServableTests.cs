using System.Text;
using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Onnx.Runtime;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using static Siskin.Tests.Inference.Onnx.Runtime.RuntimeModels;

namespace Siskin.Tests.Inference.Onnx.Runtime;

public sealed class OnnxServableTests
{
    public static TheoryData<TensorType> Types => [.. Enum.GetValues<TensorType>()];

    private static Dictionary<TensorType, Array> Values => new()
    {
        [TensorType.Bool] = new[] { true, false, false, true, true, false },
        [TensorType.UInt8] = new byte[] { 0, 1, 255, 3, 4, 5 },
        [TensorType.UInt16] = new ushort[] { 0, 1, 65535, 3, 4, 5 },
        [TensorType.UInt32] = new uint[] { 0, 1, uint.MaxValue, 3, 4, 5 },
        [TensorType.UInt64] = new ulong[] { 0, 1, ulong.MaxValue, 3, 4, 5 },
        [TensorType.Int8] = new sbyte[] { 0, -1, -128, 127, 4, 5 },
        [TensorType.Int16] = new short[] { 0, -1, short.MinValue, 3, 4, 5 },
        [TensorType.Int32] = new[] { 0, -1, int.MinValue, 3, 4, 5 },
        [TensorType.Int64] = new[] { 0, -1, long.MinValue, 3, 4, 5 },
        [TensorType.Float16] = new[] { (Half)0, (Half)1.5, Half.NegativeInfinity, Half.MaxValue, (Half)4, (Half)5 },
        [TensorType.Float32] = new[] { 0, 1.5f, float.NaN, float.MaxValue, 4, 5 },
        [TensorType.Float64] = new[] { 0, 1.5, double.NaN, double.MaxValue, 4, 5 },
        [TensorType.Bytes] = new byte[][] { [], [.. "a"u8], [.. "größer"u8], [], [.. "日本"u8], [] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Tensors_of_every_type_go_in_and_come_out(TensorType type)
    {
        using var servable = Load(Identity((OnnxElementType)OrtTypes.NumberOf(type), "n", 3));
        Assert.Equal(new TensorDescription("x", type, [-1, 3]), servable.Inputs[0], (a, b) => a.Name == b.Name && a.Type == b.Type && a.Shape.SequenceEqual(b.Shape));
        Assert.Equal([-1, 3], servable.Outputs[0].Shape);
        Assert.Equal("onnxruntime_onnx", servable.Platform);
        var output = await RunAsync(servable, Tensor.Of("x", type, Values[type], [2, 3]));
        Assert.Equal(("y", type), (output.Name, output.Type));
        Assert.Equal([2, 3], output.Shape);
        Assert.Equal(Values[type], output.Data);
        Assert.NotSame(Values[type], output.Data);

        var empty = await RunAsync(servable, Tensor.Of("x", type, Array.CreateInstance(Tensor.ElementOf(type), 0), [0, 3]));
        Assert.Equal([0, 3], empty.Shape);
        Assert.Empty(empty.Data);
    }

    [Fact]
    public async Task Many_texts_and_one_value_without_dimensions_go_in_and_come_out()
    {
        using var texts = Load(Identity((OnnxElementType)OrtTypes.Text, "n"));
        var many = Enumerable.Range(0, 5000).Select(i => string.Concat(Enumerable.Repeat($"ü{i}", i % 7))).ToArray();
        var output = await RunAsync(texts, Tensor.OfTexts("x", many, many.Length));
        Assert.Equal(many, output.Values<byte[]>().ToArray().Select(Encoding.UTF8.GetString));
        var error = await Assert.ThrowsAsync<ServableException>(() => RunAsync(texts, Tensor.OfTexts("x", ["a", "b\0c"], 2)));
        Assert.Equal((ServableError.InvalidArgument, "'x' has a text with a zero byte in it, which ONNX Runtime does not take"), (error.Error, error.Message));

        using var single = Load(Identity(Float));
        Assert.Empty(single.Inputs[0].Shape);
        Assert.Equal((float[])[7f], await FloatsAsync(single, Tensor.Of("x", [7f])));
    }

    [Fact]
    public async Task One_model_runs_with_any_length_of_free_dimensions()
    {
        using var servable = Load(Identity(Float, "n", "length", 1, default, "a", "b", "c", "d", "e", "f"));
        for (var n = 0; n < 5; n++)
        {
            for (var length = 0; length < 5; length++)
            {
                var values = Enumerable.Range(0, n * length * 2).Select(i => (float)i).ToArray();
                var output = await RunAsync(servable, Tensor.Of("x", values, n, length, 1, 2, 1, 1, 1, 1, 1, 1));
                Assert.Equal([n, length, 1, 2, 1, 1, 1, 1, 1, 1], output.Shape);
                Assert.Equal(values, output.Values<float>().ToArray());
            }
        }
    }

    [Fact]
    public async Task Outputs_come_in_the_order_asked_for()
    {
        using var servable = Load(Identity(Float, "n") with
        {
            Outputs = [new("y", Float, ["n"]), new("z", OnnxElementType.Double, ["n"])],
            Nodes = [new OnnxNode { Operator = "Identity", Inputs = ["x"], Outputs = ["y"] }, new OnnxNode { Operator = "Cast", Inputs = ["x"], Outputs = ["z"], Attributes = [new("to", 11L)] }],
        });
        var input = Tensor.Of("x", [1f, 2], 2);
        Assert.Equal(["y", "z"], (await servable.RunAsync([input], [])).Select(output => output.Name));
        Assert.Equal(["z", "y", "z"], (await servable.RunAsync([input], ["z", "y", "z"])).Select(output => output.Name));
        Assert.Equal((double[])[1.0, 2], (double[])(await servable.RunAsync([input], ["z"])).Single().Data);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_by_name()
    {
        using var servable = Load(Sum());
        var (a, b) = (Tensor.Of("a", [1f, 2], 2), Tensor.Of("b", [1f, 2], 2));
        await RefusedAsync("the input 'b' is missing", [], a);
        await RefusedAsync("the model has no input 'c', only a, b", [], a, b, b.WithName("c"));
        await RefusedAsync("the input 'a' is there twice", [], a, b, a);
        await RefusedAsync("'b' is of type Int64; the model takes Float32", [], a, Tensor.Of("b", [1L, 2], 2));
        await RefusedAsync("'b' has the shape [1,2]; the model takes [-1]", [], a, Tensor.Of("b", [1f, 2], 1, 2));
        await RefusedAsync("the model has no output 'x', only y", ["x"], a, b);
        await RefusedAsync("'n' is 2 in 'a' and 3 in 'b'; ONNX Runtime: ", [], a, Tensor.Of("b", [1f, 2, 3], 3));
        Assert.Equal((float[])[2f, 4], await FloatsAsync(servable, b, a));

        async Task RefusedAsync(string reason, string[] outputs, params Tensor[] inputs)
        {
            var error = await Assert.ThrowsAsync<ServableException>(() => servable.RunAsync(inputs, outputs).AsTask());
            Assert.Equal(ServableError.InvalidArgument, error.Error);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_fails_within_the_model_is_told_in_the_librarys_words()
    {
        using var servable = Load(new OnnxGraph
        {
            Name = "lookup",
            Inputs = [new("id", OnnxElementType.Int64, ["n"])],
            Outputs = [new("y", Float, ["n"])],
            Initializers = [OnnxTensor.Of("table", [1f, 2, 3], 3)],
            Nodes = [new OnnxNode { Name = "reads", Operator = "Gather", Inputs = ["table", "id"], Outputs = ["y"] }],
        });
        Assert.Equal((float[])[3f, 1], await FloatsAsync(servable, Tensor.Of("id", [2L, 0], 2)));
        var error = await Assert.ThrowsAsync<ServableException>(() => RunAsync(servable, Tensor.Of("id", [3L], 1)));
        Assert.Equal(ServableError.InvalidArgument, error.Error);
        Assert.StartsWith("ONNX Runtime: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("reads", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Concurrent_runs_of_many_shapes_give_what_they_give_alone(int threads)
    {
        var random = new Random(5);
        using var servable = Load(Product(OnnxTensor.Of("w", [.. Enumerable.Range(0, 64 * 16).Select(_ => random.NextSingle())], 64, 16)), new OnnxRuntimeOptions { Threads = threads });
        var inputs = Enumerable.Range(1, 20).Select(n => Tensor.Of("x", Enumerable.Range(0, n * 64).Select(_ => random.NextSingle()).ToArray(), n, 64)).ToArray();
        var expected = new float[inputs.Length][];
        for (var i = 0; i < inputs.Length; i++)
        {
            expected[i] = await FloatsAsync(servable, inputs[i]);
        }

        await Parallel.ForAsync(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var own = i * 7 % inputs.Length;
            Assert.Equal(expected[own], await FloatsAsync(servable, inputs[own]));
        });
    }

    [Fact]
    public async Task A_model_disposed_of_while_it_runs_ends_its_runs_and_refuses_others()
    {
        var servable = Load(Product(OnnxTensor.Of("w", Enumerable.Repeat(1f, 256 * 256).ToArray(), 256, 256)));
        var input = Tensor.Of("x", Enumerable.Repeat(1f, 100 * 256).ToArray(), 100, 256);
        var runs = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; ; done++)
            {
                try
                {
                    Assert.All(await FloatsAsync(servable, input), value => Assert.Equal(256, value));
                }
                catch (ObjectDisposedException)
                {
                    return done;
                }
            }
        })).ToArray();
        await Task.Delay(100);
        servable.Dispose();
        servable.Dispose();
        Assert.Contains(await Task.WhenAll(runs), done => done > 0);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => RunAsync(servable, input));
    }

    [Fact]
    public async Task A_cancelled_run_ends_early()
    {
        // Counts to 10^12, one by one.
        var body = new OnnxGraph
        {
            Name = "body",
            Inputs = [new("i", OnnxElementType.Int64, []), new("goes", OnnxElementType.Bool, []), new("before", Float, [])],
            Outputs = [new("still", OnnxElementType.Bool, []), new("after", Float, [])],
            Nodes = [new OnnxNode { Operator = "Identity", Inputs = ["goes"], Outputs = ["still"] }, new OnnxNode { Operator = "Add", Inputs = ["before", "one"], Outputs = ["after"] }],
        };
        using var servable = Load(new OnnxGraph
        {
            Name = "count",
            Inputs = [new("x", Float, [])],
            Outputs = [new("y", Float, [])],
            Initializers = [OnnxTensor.Of("times", [1_000_000_000_000L]), OnnxTensor.Of("one", [1f])],
            Nodes = [new OnnxNode { Operator = "Loop", Inputs = ["times", "", "x"], Outputs = ["y"], Attributes = [new("body", body)] }],
        });
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(() => servable.RunAsync([Tensor.Of("x", [0f])], [], cancellation.Token).AsTask()).WaitAsync(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => servable.RunAsync([Tensor.Of("x", [0f])], [], new CancellationToken(canceled: true)).AsTask());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void No_threads_and_too_many_are_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Load(Sum(), new OnnxRuntimeOptions { Threads = threads }));
}
