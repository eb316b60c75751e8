using System.Numerics.Tensors;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Operators;

/// <summary>−log of the softmax of an example's own item among the items of the whole batch (Yi et al. 2019).</summary>
/// <remarks>
/// Logits are factor · ⟨user, item⟩ − log p(item), the latter because frequent items are others' negatives more often. An item
/// that is the same as the example's own does not count among its others. Examples with item 0 neither count nor are negatives.
/// </remarks>
internal sealed unsafe class InBatchSoftmax(Node users, Node items, int itemField, SoftmaxSettings settings) : LossTerm(users, items)
{
    private readonly float[]? _logFrequencies = LogFrequencies(settings);
    private NativeBlock _users = new(0);
    private NativeBlock _items = new(0);
    private NativeBlock _logits = new(0);
    private NativeBlock[] _packed = [];
    private int[] _ids = [];

    public override bool IsBatchWide => true;

    public override string Settings => $"field {itemField}, {settings}";

    public override void Attach(int workers, int maxBatch)
    {
        var d = Inputs[0].Width;
        (_users, _items, _logits) = (Block(maxBatch, d), Block(maxBatch, d), Block(maxBatch, maxBatch));
        _packed = new NativeBlock[2 * workers];
        for (var i = 0; i < workers; i++)
        {
            _packed[2 * i] = new NativeBlock(PackedMatrix.LengthOf(d, maxBatch) * sizeof(float));
            _packed[(2 * i) + 1] = new NativeBlock(PackedMatrix.LengthOf(maxBatch, d) * sizeof(float));
        }

        _ids = new int[maxBatch];
    }

    public override void Detach()
    {
        foreach (var block in (ReadOnlySpan<NativeBlock>)[_users, _items, _logits, .. _packed])
        {
            block.Dispose();
        }
    }

    public override void Compute(Workspace workspace)
    {
        var (d, count, first, batch) = (Inputs[0].Width, workspace.Count, workspace.First, workspace.BatchSize);
        var users = (float*)_users.Pointer;
        var items = (float*)_items.Pointer;
        var logits = (float*)_logits.Pointer;
        new ReadOnlySpan<float>(workspace.Values(Inputs[0]), count * d).CopyTo(new Span<float>(users + ((long)first * d), count * d));
        new ReadOnlySpan<float>(workspace.Values(Inputs[1]), count * d).CopyTo(new Span<float>(items + ((long)first * d), count * d));
        for (var i = 0; i < count; i++)
        {
            _ids[first + i] = workspace.Examples.Ids[(workspace.Rows[i] * workspace.Examples.Layout.Fields.Count) + itemField];
        }

        workspace.Team.Barrier();
        var itemsTransposed = new PackedMatrix((float*)_packed[2 * workspace.Worker].Pointer, d, batch);
        itemsTransposed.FillTransposed(items, d, 0, batch);
        var own = logits + ((long)first * batch);
        Gemm.Multiply(users + ((long)first * d), d, itemsTransposed, count, own, batch, add: false);
        for (var i = 0; i < count; i++)
        {
            Gradient(workspace, new Span<float>(own + ((long)i * batch), batch), first + i);
        }

        var packedItems = new PackedMatrix((float*)_packed[(2 * workspace.Worker) + 1].Pointer, batch, d);
        packedItems.Fill(items, d, 0, d);
        Gemm.Multiply(own, batch, packedItems, count, workspace.Gradients(Inputs[0]), d, add: false);

        // The items' gradients come from all threads' examples.
        workspace.Team.Barrier();
        Gemm.MultiplyTransposed(logits + first, batch, users, d, batch, count, d, workspace.Gradients(Inputs[1]), d, add: false);
        workspace.Team.Barrier();
    }

    private static NativeBlock Block(int rows, int columns) => new((long)rows * columns * sizeof(float));

    private static float[]? LogFrequencies(SoftmaxSettings settings)
    {
        if (settings.Frequencies is not { } counts)
        {
            return null;
        }

        var sum = counts.Skip(1).Sum(count => (double)Math.Max(1, count));
        return [.. counts.Select(count => (float)Math.Log(Math.Max(1, count) / sum))];
    }

    private void Gradient(Workspace workspace, Span<float> logits, int place)
    {
        var target = _ids[place];
        if (target == 0)
        {
            logits.Clear();
            return;
        }

        var factor = 1 / settings.Temperature;
        for (var i = 0; i < logits.Length; i++)
        {
            // Far enough below the others to count for nothing, and not infinite.
            logits[i] = _ids[i] == 0 || (_ids[i] == target && i != place) ? -1e30f : (factor * logits[i]) - (_logFrequencies is null ? 0 : _logFrequencies[_ids[i]]);
        }

        var own = logits[place];
        var most = TensorPrimitives.Max<float>(logits);
        TensorPrimitives.Subtract(logits, most, logits);
        TensorPrimitives.Exp(logits, logits);
        var sum = TensorPrimitives.Sum<float>(logits);
        workspace.Loss += settings.Weight * (Math.Log(sum) + most - own);
        var share = settings.Weight * factor / workspace.BatchSize;
        TensorPrimitives.Multiply(logits, share / sum, logits);
        logits[place] -= share;
    }
}
