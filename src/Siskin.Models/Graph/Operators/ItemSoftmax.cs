using System.Numerics.Tensors;
using Siskin.Models.Embeddings;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph.Operators;

/// <summary>−log of the softmax of a row's target among all items, or among it and items drawn for the block; items are rows of a table.</summary>
/// <remarks>
/// Logits are factor · x·eᵢ. With n items drawn from q, log(n·qᵢ) is taken off the logit of each, so that the sum over them has the
/// whole sum over the others as its expectation (Bengio and Senécal 2008). Items drawn are shared by the rows of a block, and one
/// that is a row's target does not count among its others. Rows with target 0 do not count.
/// </remarks>
internal sealed unsafe class ItemSoftmax : LossTerm
{
    private const int Chunk = 128;

    private readonly Parameter _table;
    private readonly RowIds _targets;
    private readonly SoftmaxSettings _settings;
    private readonly ItemSampler? _sampler;
    private readonly ulong _seed;
    private NativeBlock? _packed;
    private NativeBlock? _packedTransposed;
    private Room[] _rooms = [];

    /// <param name="x">rows × d.</param>
    /// <param name="table">items × d, trained as a whole.</param>
    /// <param name="targets">As many rows as x.</param>
    /// <param name="settings">Temperature, items to draw, weight.</param>
    /// <param name="seed">Of the drawing.</param>
    public ItemSoftmax(Node x, Parameter table, RowIds targets, SoftmaxSettings settings, ulong seed)
        : base(x)
    {
        (_table, _targets, _settings, _seed) = (table, targets, settings, seed);
        if (settings.Negatives > 0)
        {
            _sampler = new ItemSampler(table.Rows, settings.Frequencies, settings.FrequencyPower);
        }
    }

    /// <summary>Candidates of a row.</summary>
    private int Candidates => _settings.Negatives > 0 ? _settings.Negatives + 1 : _table.Rows;

    public override string Settings => $"{_settings}";

    public override void Attach(int workers, int maxBatch)
    {
        _rooms = new Room[workers];
        for (var i = 0; i < workers; i++)
        {
            _rooms[i] = new Room(Candidates, _settings.Negatives, _table.Columns);
        }

        if (_sampler is null)
        {
            _packed = new NativeBlock(PackedMatrix.LengthOf(_table.Rows, _table.Columns) * sizeof(float));
            _packedTransposed = new NativeBlock(PackedMatrix.LengthOf(_table.Columns, _table.Rows) * sizeof(float));
        }
    }

    public override void Detach()
    {
        foreach (var room in _rooms)
        {
            room.Dispose();
        }

        _packed?.Dispose();
        _packedTransposed?.Dispose();
        (_rooms, _packed, _packedTransposed) = ([], null, null);
    }

    public override void Prepare(int part, int parts)
    {
        if (_packed is null)
        {
            return;
        }

        var (rows, d) = (_table.Rows, _table.Columns);
        var panels = (rows + GemmTile.Columns - 1) / GemmTile.Columns;
        var (from, to) = (panels * part / parts * GemmTile.Columns, Math.Min(rows, panels * (part + 1) / parts * GemmTile.Columns));
        new PackedMatrix((float*)_packedTransposed!.Pointer, d, rows).FillTransposed(_table.Values, d, from, to);
        if (part == 0)
        {
            new PackedMatrix((float*)_packed.Pointer, rows, d).Fill(_table.Values, d, 0, d);
        }
    }

    public override void Compute(Workspace workspace)
    {
        var rows = workspace.RowsOf(Inputs[0].Rows);
        var room = _rooms[workspace.Worker];
        ReadTargets(workspace, room, rows);
        if (_sampler is not null)
        {
            Draw(workspace, room);
        }

        for (var first = 0; first < rows; first += Chunk)
        {
            var count = Math.Min(Chunk, rows - first);
            var at = (long)first * _table.Columns;
            if (_sampler is null)
            {
                All(workspace, room, first, count, workspace.Values(Inputs[0]) + at, workspace.Gradients(Inputs[0]) + at);
            }
            else
            {
                Sampled(workspace, room, first, count, workspace.Values(Inputs[0]) + at, workspace.Gradients(Inputs[0]) + at);
            }
        }
    }

    private void ReadTargets(Workspace workspace, Room room, int rows)
    {
        if (room.Targets.Length < rows)
        {
            room.Targets = new int[rows * 2];
        }

        var targets = room.Targets.AsSpan(0, rows);
        for (var example = 0; example < workspace.Count; example++)
        {
            var own = _targets.Of(workspace, example, []);
            if (own.Length > targets.Length || (Inputs[0].Rows.IsExamples is false && own.Length != Length(workspace, example)))
            {
                throw new ArgumentException($"example {workspace.Rows[example]} has {own.Length} targets for {Length(workspace, example)} elements");
            }

            own.CopyTo(targets);
            targets = targets[own.Length..];
        }
    }

    private int Length(Workspace workspace, int example)
    {
        var offsets = workspace.Offsets(Inputs[0].Rows.Sequence);
        return offsets[example + 1] - offsets[example];
    }

    private void All(Workspace workspace, Room room, int first, int count, float* x, float* dx)
    {
        var d = _table.Columns;
        var items = _table.Rows;
        var logits = room.Logits;
        Gemm.Multiply(x, d, new PackedMatrix((float*)_packedTransposed!.Pointer, d, items), count, logits, items, add: false);
        for (var row = 0; row < count; row++)
        {
            var own = new Span<float>(logits + ((long)row * items), items);
            if (_settings.Factor != 1)
            {
                TensorPrimitives.Multiply(own, _settings.Factor, own);
            }

            Gradient(workspace, own, room.Targets[first + row], room.Targets[first + row]);
        }

        Gemm.Multiply(logits, items, new PackedMatrix((float*)_packed!.Pointer, items, d), count, dx, d, add: false);
        Gemm.MultiplyTransposed(logits, items, x, d, count, items, d, workspace.Gradients(_table), d, add: true);
    }

    /// <summary>Turns logits into their gradients; adds up the loss.</summary>
    private void Gradient(Workspace workspace, Span<float> logits, int target, int place)
    {
        if (target == 0)
        {
            logits.Clear();
            return;
        }

        var own = logits[place];
        var most = TensorPrimitives.Max<float>(logits);
        TensorPrimitives.Subtract(logits, most, logits);
        TensorPrimitives.Exp(logits, logits);
        var sum = TensorPrimitives.Sum<float>(logits);
        workspace.Loss += _settings.Weight * (Math.Log(sum) + most - own);
        var share = _settings.Weight * _settings.Factor / workspace.BatchSize;
        TensorPrimitives.Multiply(logits, share / sum, logits);
        logits[place] -= share;
    }

    private void Draw(Workspace workspace, Room room)
    {
        var random = new RandomStream((int)SeededRandom.Mix(_seed + (ulong)workspace.Step), workspace.First);
        var d = _table.Columns;
        for (var i = 0; i < room.Drawn.Length; i++)
        {
            room.Drawn[i] = _sampler!.Draw(ref random);
            room.Corrections[i] = -_sampler.LogExpected(room.Drawn[i], room.Drawn.Length);
            MatrixMath.Put(_table.Values + ((long)room.Drawn[i] * d), room.Rows + ((long)i * d), d, adds: false);
        }

        new PackedMatrix(room.PackedTransposed, d, room.Drawn.Length).FillTransposed(room.Rows, d, 0, room.Drawn.Length);
        new PackedMatrix(room.Packed, room.Drawn.Length, d).Fill(room.Rows, d, 0, d);
    }

    private void Sampled(Workspace workspace, Room room, int first, int count, float* x, float* dx)
    {
        var d = _table.Columns;
        var n = room.Drawn.Length;
        var stride = Candidates;
        var logits = room.Logits;
        var table = workspace.Gradients(_table);
        Gemm.Multiply(x, d, new PackedMatrix(room.PackedTransposed, d, n), count, logits, stride, add: false);
        for (var row = 0; row < count; row++)
        {
            var target = room.Targets[first + row];
            var own = new Span<float>(logits + ((long)row * stride), stride);
            var others = own[..n];
            TensorPrimitives.MultiplyAdd(others, _settings.Factor, room.Corrections, others);
            for (var i = room.Drawn.AsSpan().IndexOf(target); i >= 0;)
            {
                // Far enough below the others to count for nothing, and not infinite.
                others[i] = -1e30f;
                var next = room.Drawn.AsSpan(i + 1).IndexOf(target);
                i = next < 0 ? -1 : i + 1 + next;
            }

            own[n] = _settings.Factor * TensorPrimitives.Dot(new ReadOnlySpan<float>(x + ((long)row * d), d), new ReadOnlySpan<float>(_table.Values + ((long)target * d), d));
            Gradient(workspace, own, target, n);
        }

        Gemm.Multiply(logits, stride, new PackedMatrix(room.Packed, n, d), count, dx, d, add: false);
        new Span<float>(room.RowGradients, n * d).Clear();
        Gemm.MultiplyTransposed(logits, stride, x, d, count, n, d, room.RowGradients, d, add: true);
        for (var i = 0; i < n; i++)
        {
            MatrixMath.Put(room.RowGradients + ((long)i * d), table + ((long)room.Drawn[i] * d), d, adds: true);
        }

        for (var row = 0; row < count; row++)
        {
            var target = room.Targets[first + row];
            var gradient = logits[((long)row * stride) + n];
            MatrixMath.PutScaled(_table.Values + ((long)target * d), gradient, dx + ((long)row * d), d, adds: true);
            MatrixMath.PutScaled(x + ((long)row * d), gradient, table + ((long)target * d), d, adds: true);
        }
    }

    /// <summary>What one thread computes in.</summary>
    private sealed class Room : IDisposable
    {
        private readonly NativeBlock _logits;
        private readonly NativeBlock _rows;
        private readonly NativeBlock _gradients;
        private readonly NativeBlock _packed;
        private readonly NativeBlock _packedTransposed;

        public Room(int candidates, int drawn, int d)
        {
            _logits = new NativeBlock((long)Chunk * candidates * sizeof(float));
            _rows = new NativeBlock((long)drawn * d * sizeof(float));
            _gradients = new NativeBlock((long)drawn * d * sizeof(float));
            _packed = new NativeBlock(PackedMatrix.LengthOf(drawn, d) * sizeof(float));
            _packedTransposed = new NativeBlock(PackedMatrix.LengthOf(d, drawn) * sizeof(float));
            Drawn = new int[drawn];
            Corrections = new float[drawn];
        }

        public int[] Targets { get; set; } = [];

        public int[] Drawn { get; }

        public float[] Corrections { get; }

        public float* Logits => (float*)_logits.Pointer;

        public float* Rows => (float*)_rows.Pointer;

        public float* RowGradients => (float*)_gradients.Pointer;

        public float* Packed => (float*)_packed.Pointer;

        public float* PackedTransposed => (float*)_packedTransposed.Pointer;

        public void Dispose()
        {
            foreach (var block in new[] { _logits, _rows, _gradients, _packed, _packedTransposed })
            {
                block.Dispose();
            }
        }
    }
}
