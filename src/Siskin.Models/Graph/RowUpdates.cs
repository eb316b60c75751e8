using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics.X86;
using Siskin.Models.Graph.Optimizers;
using Siskin.Vectors.Memory;

namespace Siskin.Models.Graph;

/// <summary>One thread's share of the rows of tables that a batch touches: sums their gradients and updates them.</summary>
/// <param name="worker">Number of the thread; it takes the ids that are this, modulo the threads.</param>
/// <param name="workers">Threads.</param>
internal sealed unsafe class RowUpdates(int worker, int workers)
{
    private const int Ahead = 4;

    private readonly List<Run> _runs = [];
    private NativeBlock _sums = new(1 << 16);
    private long _used;
    private int[] _rows = new int[1024];
    private int _count;

    // Open addressing: place of an id among the rows of the run, plus 1.
    private int[] _slots = [];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _runs.Clear();
        (_used, _count) = (0, 0);
    }

    /// <summary>Sums the gradients of this thread's rows of a table.</summary>
    public void Collect(Parameter table, TableGradients[] gradients)
    {
        var entries = 0;
        foreach (var read in gradients)
        {
            for (var t = 0; t < read.Read.Tables.Count; t++)
            {
                entries += ReferenceEquals(read.Read.Tables[t], table) ? read.Count : 0;
            }
        }

        if (entries == 0)
        {
            return;
        }

        Reserve(entries, table.Columns);
        var run = new Run(table, _count, _used);
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, Math.Min(entries, table.Rows) * 2));
        _slots = _slots.Length >= size ? _slots : new int[size];
        _slots.AsSpan(0, size).Clear();
        foreach (var read in gradients)
        {
            for (var t = 0; t < read.Read.Tables.Count; t++)
            {
                if (ReferenceEquals(read.Read.Tables[t], table))
                {
                    Add(run, read.Ids(t), read.At(0) + read.Read.Columns[t], read.Read.Output.Width, size);
                }
            }
        }

        _runs.Add(run with { Count = _count - run.First });
    }

    /// <summary>Sum of the squares of all sums.</summary>
    public double Squares() => _used == 0 ? 0 : TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>((float*)_sums.Pointer, checked((int)_used)));

    /// <summary>Updates the rows.</summary>
    public void Apply(Func<Parameter, Optimizer> optimizerOf, long step, float rateFactor, float scale)
    {
        foreach (var run in _runs)
        {
            var (table, d) = (run.Table, run.Table.Columns);
            var optimizer = optimizerOf(table);
            var rates = optimizer.Prepare(step, rateFactor, table.Settings);
            var sums = (float*)_sums.Pointer + run.Sums;
            var first = table.States > 0 ? table.State(0) : null;
            var second = table.States > 1 ? table.State(1) : null;
            for (var i = 0; i < run.Count; i++)
            {
                if (i + Ahead < run.Count && Sse.IsSupported)
                {
                    var next = (long)_rows[run.First + i + Ahead] * d;
                    Sse.Prefetch0(table.Values + next);
                    Sse.Prefetch0(first + next);
                    Sse.Prefetch0(second + next);
                }

                var at = (long)_rows[run.First + i] * d;
                optimizer.Apply(new ParameterUpdate
                {
                    Values = table.Values + at,
                    Gradients = sums + ((long)i * d),
                    First = first is null ? null : first + at,
                    Second = second is null ? null : second + at,
                    Count = d,
                    Rates = rates,
                    L2 = table.Settings.L2,
                    Scale = scale,
                });
            }
        }
    }

    private void Add(Run run, ReadOnlySpan<int> ids, float* gradients, int stride, int size)
    {
        var (d, shift) = (run.Table.Columns, 32 - BitOperations.Log2((uint)size));
        var sums = (float*)_sums.Pointer + run.Sums;
        for (var i = 0; i < ids.Length; i++)
        {
            var id = ids[i];
            if (workers > 1 && (uint)id % (uint)workers != worker)
            {
                continue;
            }

            var slot = (int)((uint)id * 0x9E3779B9u >> shift);
            while (_slots[slot] != 0 && _rows[run.First + _slots[slot] - 1] != id)
            {
                slot = (slot + 1) & (size - 1);
            }

            var gradient = gradients + ((long)i * stride);
            if (_slots[slot] == 0)
            {
                _rows[_count++] = id;
                _slots[slot] = _count - run.First;
                MatrixMath.Put(gradient, sums + ((long)(_slots[slot] - 1) * d), d, adds: false);
                _used += d;
            }
            else
            {
                MatrixMath.Put(gradient, sums + ((long)(_slots[slot] - 1) * d), d, adds: true);
            }
        }
    }

    private void Reserve(int entries, int columns)
    {
        if (_count + entries > _rows.Length)
        {
            Array.Resize(ref _rows, 2 * (_count + entries));
        }

        var bytes = (_used + ((long)entries * columns)) * sizeof(float);
        if (bytes > _sums.Length)
        {
            var larger = new NativeBlock(2 * bytes);
            Buffer.MemoryCopy(_sums.Pointer, larger.Pointer, larger.Length, _used * sizeof(float));
            _sums.Dispose();
            _sums = larger;
        }
    }

    private readonly record struct Run(Parameter Table, int First, long Sums, int Count = 0);
}
