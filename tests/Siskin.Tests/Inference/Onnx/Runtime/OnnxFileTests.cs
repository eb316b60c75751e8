using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Onnx.Runtime;
using Siskin.Inference.Tensors;
using Siskin.Tests.Storage;
using Siskin.Vectors;
using static Siskin.Tests.Inference.Onnx.Runtime.RuntimeModels;

namespace Siskin.Tests.Inference.Onnx.Runtime;

/// <summary>Files that are broken or must not be run are refused, each for its reason.</summary>
public sealed class OnnxFileTests
{
    private static readonly OnnxGraph Plain = Product(OnnxTensor.Of("w", [1f, 2, 3, 4, 5, 6], 2, 3));

    [Fact]
    public async Task A_file_cut_off_anywhere_is_refused()
    {
        var whole = File(Plain);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<ModelFormatException>(() => Load(whole[..length]));
        }

        using var servable = Load(whole);
        Assert.Equal((float[])[9f, 12, 15], await FloatsAsync(servable, Tensor.Of("x", [1f, 2], 1, 2)));
    }

    [Fact]
    public void A_file_with_a_changed_byte_is_refused_or_loaded_but_never_more()
    {
        var whole = File(Plain);
        var (refused, loaded) = (0, 0);
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                try
                {
                    Load(changed).Dispose();
                    loaded++;
                }
                catch (ModelFormatException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 100 && loaded > 10, $"{refused} refused, {loaded} loaded");
    }

    [Theory]
    [InlineData("")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n")]
    [InlineData("<html><body>Not found</body></html>")]
    public void A_file_of_something_else_is_refused(string text) => Refused(System.Text.Encoding.UTF8.GetBytes(text), "model.onnx");

    [Fact]
    public void A_tensor_of_another_size_than_its_shape_is_refused()
    {
        Refused(File(Product(new OnnxTensor("w", Float, [2, 3], new byte[20]))), "tensor 'w' has 20 bytes, its shape asks for 24");
        Refused(File(Product(new OnnxTensor("w", Float, [1L << 62, 1L << 62], new byte[20]))), "tensor 'w' has 20 bytes");
        Refused(File(Product(new OnnxTensor("w", Float, [-2, 3], new byte[24]))), "tensor 'w' has a dimension of -2");
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_refused_and_named()
    {
        Refused(File(Product(OnnxTensor.Of("w", [1f, 2, 3, 4, float.NaN, 6], 2, 3))), "tensor 'w': number 4 of its 6 is NaN");
        Refused(File(Product(OnnxTensor.Of("w", [1f, float.PositiveInfinity, 3, 4, 5, 6], 2, 3))), "tensor 'w': number 1 of its 6 is infinite");
        Refused(File(Product(OnnxTensor.Of("w", [1f, float.NegativeInfinity, 3, 4, 5, 6], 2, 3))), "tensor 'w': number 1 of its 6 is infinite");
        Refused(File(Product(new OnnxTensor("w", OnnxElementType.Double, [1, 2], Bytes(1.0, double.NaN)))), "tensor 'w': number 1 of its 2 is NaN");
        Refused(File(Product(new OnnxTensor("w", (OnnxElementType)10, [1, 2], Bytes((Half)1, Half.PositiveInfinity)))), "tensor 'w': number 1 of its 2 is infinite");
        Refused(File(Product(new OnnxTensor("w", (OnnxElementType)16, [1, 2], Bytes<ushort>(0x3F80, 0x7FC0)))), "tensor 'w': number 1 of its 2 is NaN");

        // As fields of their own instead of bytes: floats, doubles, and float16 among the whole numbers.
        Refused(Model(tensor => tensor.Float(4, float.NaN), 1), "tensor 'w': number 0 of its 1 is NaN");
        Refused(Model(tensor => tensor.Content(10, Bytes(double.NaN)), 11), "tensor 'w': number 0 of its 1 is NaN");
        Refused(Model(tensor => tensor.Int64(5, 0x7E00), 10), "tensor 'w': number 0 of its 1 is NaN");
    }

    [Fact]
    public void Numbers_of_nodes_and_inner_graphs_are_looked_at_too()
    {
        var constant = new OnnxNode { Name = "c", Operator = "Constant", Outputs = ["w"], Attributes = [new("value", OnnxTensor.Of("", [1f, float.NaN], 2))] };
        Refused(File(Plain with { Initializers = [], Nodes = [constant, .. Plain.Nodes] }), "tensor 'c.value': number 1 of its 2 is NaN");
        var branch = new OnnxGraph { Name = "branch", Initializers = [OnnxTensor.Of("inner", [float.NaN], 1)] };
        Refused(File(Plain with { Nodes = [new OnnxNode { Operator = "If", Inputs = ["x"], Outputs = ["y"], Attributes = [new("then_branch", branch)] }] }), "tensor 'inner': number 0 of its 1 is NaN");
        Refused(File(Plain with { Nodes = [new OnnxNode { Name = "forest", Operator = "TreeEnsembleRegressor", Attributes = [new("target_weights", new[] { 1, float.NaN })] }] }), "number 1 of the attribute 'target_weights' of node 'forest' is NaN");
    }

    [Fact]
    public void Masks_and_limits_may_be_infinite()
    {
        const float low = float.NegativeInfinity;
        Load(Product(OnnxTensor.Of("w", [0f, low, -0f, low, low, 0], 2, 3))).Dispose();
        Load(Product(OnnxTensor.Of("w", [float.PositiveInfinity], 1, 1))).Dispose();
        Refused(File(Product(OnnxTensor.Of("w", [float.NaN], 1, 1))), "is NaN");
        Refused(File(Product(OnnxTensor.Of("w", [0, float.PositiveInfinity], 1, 2))), "is infinite");
    }

    [Fact]
    public async Task Weights_in_files_of_the_folder_are_read()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("data"));
        System.IO.File.WriteAllBytes(folder.File("data/w.bin"), [9, 9, 9, 9, .. Bytes(1f, 2, 3, 4, 5, 6)]);
        using var servable = LoadExternal(folder.Path, "data/w.bin", ("offset", "4"), ("length", "24"));
        Assert.Equal((float[])[9f, 12, 15], await FloatsAsync(servable, Tensor.Of("x", [1f, 2], 1, 2)));
        LoadExternal(folder.Path, "data/w.bin", ("offset", "4")).Dispose();
    }

    [Theory]
    [InlineData("/etc/hostname", "an absolute path; only files of the model's folder are read")]
    [InlineData("C:\\weights.bin", "an absolute path")]
    [InlineData("\\\\server\\weights.bin", "an absolute path")]
    [InlineData("../outside.bin", "leaves the model's folder")]
    [InlineData("data/../../outside.bin", "leaves the model's folder")]
    [InlineData("..\\outside.bin", "leaves the model's folder")]
    [InlineData("", "no name of a file")]
    [InlineData("missing.bin", "which is missing")]
    [InlineData("data", "which is missing")]
    [InlineData("link.bin", "a link that leaves the model's folder")]
    [InlineData("chain.bin", "a link that leaves the model's folder")]
    [InlineData("linked/outside.bin", "a link that leaves the model's folder")]
    [InlineData("circle.bin", "which is missing")]
    public void Weights_outside_of_the_folder_or_missing_are_refused(string location, string reason)
    {
        using var outer = new TemporaryFolder();
        System.IO.File.WriteAllBytes(outer.File("outside.bin"), new byte[24]);
        var folder = Directory.CreateDirectory(outer.File("model")).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "link.bin"), outer.File("outside.bin"));
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "chain.bin"), "data/second.bin");
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "data", "second.bin"), "../../outside.bin");
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "circle.bin"), "circle.bin");
        Directory.CreateSymbolicLink(Path.Combine(folder, "linked"), outer.Path);
        var error = Assert.Throws<ModelFormatException>(() => LoadExternal(folder, location, ("length", "24")));
        Assert.Contains($"the numbers of tensor 'w' lie in '{location}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_within_the_folder_and_to_the_folder_are_followed()
    {
        using var outer = new TemporaryFolder();
        var folder = Directory.CreateDirectory(outer.File("model")).FullName;
        System.IO.File.WriteAllBytes(Path.Combine(folder, "w.bin"), Bytes(1f, 2, 3, 4, 5, 6));
        System.IO.File.CreateSymbolicLink(Path.Combine(folder, "link.bin"), "./w.bin");
        Directory.CreateSymbolicLink(outer.File("latest"), folder);
        using var servable = LoadExternal(outer.File("latest"), "link.bin");
        Assert.Equal((float[])[9f, 12, 15], await FloatsAsync(servable, Tensor.Of("x", [1f, 2], 1, 2)));
    }

    [Fact]
    public void Files_of_weights_that_are_too_short_or_do_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        System.IO.File.WriteAllBytes(folder.File("w.bin"), Bytes(1f, 2, 3, 4, 5));
        RefusedExternal("w.bin, offset 20: ends here; tensor 'w' takes 24 bytes from 0 on");
        RefusedExternal("ends here; tensor 'w' takes 24 bytes from 4096 on", ("offset", "4096"));
        RefusedExternal("has 20 bytes of 'w.bin', its shape asks for 24", ("length", "20"));
        RefusedExternal("the offset of tensor 'w' in another file is '-4'", ("offset", "-4"));
        RefusedExternal("the length of tensor 'w' in another file is 'all'", ("length", "all"));
        RefusedExternal("takes 24 bytes from 9223372036854775807 on", ("offset", "9223372036854775807"));
        System.IO.File.WriteAllBytes(folder.File("w.bin"), Bytes(1f, 2, 3, float.NaN, 5, 6));
        RefusedExternal("tensor 'w': number 3 of its 6 is NaN");

        void RefusedExternal(string reason, params (string, string)[] entries) =>
            Assert.Contains(reason, Assert.Throws<ModelFormatException>(() => LoadExternal(folder.Path, "w.bin", entries)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_library_does_not_know_is_refused_in_its_words()
    {
        OnnxNode[] nodes = [new OnnxNode { Name = "odd", Operator = "Unheard", Inputs = ["x"], Outputs = ["y"] }];
        Refused(File(Plain with { Nodes = nodes }), "ONNX Runtime ", "does not take it", "Unheard");
        Refused(File(Plain with { Nodes = [nodes[0] with { Domain = "com.example" }] }, domain: "com.example"), "com.example", "Unheard");
        Refused(File(Plain, operatorSet: 999), "ONNX Runtime ", "999");
        Refused(RuntimeModels.Bytes(new OnnxModel { FormatVersion = 999, OperatorSets = new Dictionary<string, long> { [""] = 15 }, Graph = Plain }), "999");
        Refused(File(Plain with { Nodes = [Plain.Nodes[0] with { Inputs = ["x", "nowhere"] }] }), "nowhere");
    }

    [Fact]
    public void Inputs_and_outputs_that_are_no_tensors_here_are_refused()
    {
        Refused(File(Identity((OnnxElementType)16, "n")), "'x' consists of bfloat16");
        var unshaped = Identity(Float);
        Refused(File(unshaped with { Inputs = [new("x", Float, null)] }), "the input 'x' has no shape");
        var sequence = new OnnxNode { Operator = "SequenceConstruct", Inputs = ["x"], Outputs = ["y"] };
        Refused(Sequence(unshaped.Inputs[0], sequence), "'y' is not a tensor");
    }

    private static void Refused(byte[] file, params string[] reasons)
    {
        var error = Assert.Throws<ModelFormatException>(() => Load(file).Dispose());
        Assert.EndsWith("model.onnx", error.Path, StringComparison.Ordinal);
        Assert.All(reasons, reason => Assert.Contains(reason, error.Message, StringComparison.Ordinal));
    }

    private static OnnxServable LoadExternal(string folder, string location, params (string, string)[] entries)
    {
        var file = Model(
            tensor =>
            {
                foreach (var (key, value) in entries.Prepend(("location", location)))
                {
                    tensor.Message(13, entry =>
                    {
                        entry.String(1, key);
                        entry.String(2, value);
                    });
                }

                tensor.Int64(14, 1);
            },
            1,
            2,
            3);
        System.IO.File.WriteAllBytes(Path.Combine(folder, "model.onnx"), file);
        return OnnxServable.Load(Path.Combine(folder, "model.onnx"));
    }

    // The product, with a tensor w that is written as asked for.
    private static byte[] Model(Action<ProtoWriter> numbers, long type, params long[] dimensions) => Message(model =>
    {
        model.Int64(1, 8);
        model.Message(8, set => set.Int64(2, 15));
        model.Message(7, graph =>
        {
            graph.Message(1, Plain.Nodes[0].Write);
            graph.String(2, "g");
            graph.Message(5, tensor =>
            {
                Array.ForEach(dimensions, dimension => tensor.Int64(1, dimension));
                tensor.Int64(2, type);
                tensor.String(8, "w");
                numbers(tensor);
            });
            graph.Message(11, Plain.Inputs[0].Write);
            graph.Message(12, Plain.Outputs[0].Write);
        });
    });

    // A graph whose output is a list of tensors.
    private static byte[] Sequence(OnnxValue input, OnnxNode node) => Message(model =>
    {
        model.Int64(1, 8);
        model.Message(8, set => set.Int64(2, 15));
        model.Message(7, graph =>
        {
            graph.Message(1, node.Write);
            graph.String(2, "g");
            graph.Message(11, input.Write);
            graph.Message(12, output =>
            {
                output.String(1, "y");
                output.Message(2, type => type.Message(4, list => list.Message(1, element => element.Message(1, tensor => tensor.Int64(1, 1)))));
            });
        });
    });

    private static byte[] Message(Action<ProtoWriter> fields)
    {
        using var stream = new MemoryStream();
        ProtoWriter.Write(stream, fields);
        return stream.ToArray();
    }

    private static byte[] Bytes<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray();
}
