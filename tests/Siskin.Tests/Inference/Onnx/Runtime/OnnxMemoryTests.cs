using System.Diagnostics;
using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Vectors;
using static Siskin.Tests.Inference.Onnx.Runtime.RuntimeModels;

namespace Siskin.Tests.Inference.Onnx.Runtime;

/// <summary>Memory of the whole process: alone, so that it is nobody else's.</summary>
[CollectionDefinition(nameof(OnnxMemoryTests), DisableParallelization = true)]
[Collection(nameof(OnnxMemoryTests))]
public sealed class OnnxMemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public async Task Runs_keep_nothing()
    {
        // An output of 1 MB each time, and 64 kB of input.
        using var servable = Load(Product(OnnxTensor.Of("w", new float[128 * 2048], 128, 2048)));
        var input = Tensor.Of("x", new float[128 * 128], 128, 128);
        await CheckAsync(500, async _ => await RunAsync(servable, input));
    }

    [Fact]
    public async Task Runs_of_ever_other_shapes_keep_nothing()
    {
        // Plans of memory, where they are kept, grow with the number of values that are there at once.
        string[] values = [.. Enumerable.Range(0, 40).Select(i => $"v{i}")];
        using var servable = Load(new OnnxGraph
        {
            Name = "fan",
            Inputs = [new("x", Float, ["n", "m"])],
            Outputs = [new("y", Float, ["n", "m"])],
            Initializers = [.. values.Select((value, i) => OnnxTensor.Of($"c{i}", [(float)i], 1))],
            Nodes = [.. values.Select((value, i) => new OnnxNode { Operator = "Mul", Inputs = ["x", $"c{i}"], Outputs = [value] }), new OnnxNode { Operator = "Sum", Inputs = values, Outputs = ["y"] }],
        });
        await CheckAsync(20_000, async i =>
        {
            var (n, m) = (1 + (i % 160), 1 + (i / 160));
            await RunAsync(servable, Tensor.Of("x", new float[n * m], n, m));
        });
    }

    [Fact]
    public async Task Runs_that_fail_and_texts_keep_nothing()
    {
        // The message of the failure has the node's name.
        var sum = Sum();
        using var failing = Load(sum with { Nodes = [sum.Nodes[0] with { Name = new string('n', 50_000) }] });
        var (a, b) = (Tensor.Of("a", new float[100_000], 100_000), Tensor.Of("b", new float[90_000], 90_000));
        await CheckAsync(1000, async _ => await Assert.ThrowsAsync<ServableException>(() => RunAsync(failing, a, b)));
        using var identity = Load(Identity((OnnxElementType)8, "n"));
        var texts = Tensor.OfTexts("x", Enumerable.Range(0, 5000).Select(i => $"a text that is too long to be kept within a string's own body {i}"), 5000);
        await CheckAsync(300, async _ => await RunAsync(identity, texts));
    }

    [Fact]
    public async Task Models_that_are_loaded_and_freed_keep_nothing()
    {
        // 4 MB of weights.
        var file = File(Product(OnnxTensor.Of("w", new float[1024 * 1024], 1024, 1024)));
        var input = Tensor.Of("x", new float[1024], 1, 1024);
        await CheckAsync(100, async _ =>
        {
            using var servable = Load(file);
            await RunAsync(servable, input);
        });
        var refused = File(Product(OnnxTensor.Of("w", new float[1024 * 1024], 1024, 1024)) with { Nodes = [new OnnxNode { Operator = "Unheard", Inputs = ["x", "w"], Outputs = ["y"] }] });
        await CheckAsync(100, _ =>
        {
            Assert.Throws<ModelFormatException>(() => Load(refused));
            return Task.CompletedTask;
        });
    }

    // A kilobyte a time would show, and much more so what is done a hundred times with megabytes.
    private static async Task CheckAsync(int times, Func<int, Task> work)
    {
        for (var i = 0; i < times / 4; i++)
        {
            await work(i);
        }

        var before = Resident();
        for (var i = 0; i < times; i++)
        {
            await work(i);
        }

        var grown = Resident() - before;
        Assert.True(grown < 32 * Megabyte, $"{grown / Megabyte} MB more after {times} times");
    }

    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
