using System.Diagnostics;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Linear;

/// <summary>The work of <see cref="Slim.Train"/>.</summary>
internal sealed class SlimTrainer
{
    private const int Reports = 16;

    private readonly SlimOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly InteractionMatrix _items;
    private readonly ItemNeighbours _candidates;
    private readonly float[] _squares;
    private readonly Lock _reporting = new();

    public SlimTrainer(InteractionMatrix interactions, SlimOptions options, CancellationToken cancellationToken)
    {
        (_options, _cancellationToken) = (options, cancellationToken);
        _items = interactions.Transpose();
        _candidates = ItemNeighbours.Build(interactions, new() { Neighbours = options.Candidates, Threads = options.Threads }, cancellationToken);
        _squares = new float[_items.RowCount];
        for (var item = 0; item < _squares.Length; item++)
        {
            var sum = 0.0;
            foreach (var value in _items.Row(item).Values)
            {
                sum += (double)value * value;
            }

            _squares[item] = (float)sum;
        }
    }

    public ItemNeighbours Train(IProgress<RetrievalProgress>? progress)
    {
        var start = Stopwatch.GetTimestamp();
        var weights = new float[_candidates.Items.Length];
        var (done, reported) = (0, 0);
        var runs = RowPartition.Create(_items.RowCount, Cost);
        RowPartition.Run(runs, _options.Threads, _cancellationToken, () => new float[_items.ColumnCount], (residual, first, end) =>
        {
            for (var item = first; item < end; item++)
            {
                var from = _candidates.Starts[item];
                Solve(item, _candidates.Items.AsSpan(from, _candidates.Starts[item + 1] - from), weights.AsSpan(from), residual);
            }

            lock (_reporting)
            {
                done += end - first;
                var part = (int)((long)done * Reports / _items.RowCount);
                if (part > reported)
                {
                    reported = part;
                    progress?.Report(new(part, Reports, double.NaN, Stopwatch.GetElapsedTime(start)));
                }
            }
        });
        return BySource(weights);
    }

    private double Cost(int item)
    {
        var cost = 1.0 + _items.Row(item).Length;
        for (var at = _candidates.Starts[item]; at < _candidates.Starts[item + 1]; at++)
        {
            cost += _items.Row(_candidates.Items[at]).Length;
        }

        return cost;
    }

    // The residual x_j − Σ w·x is kept for every user, so that a weight's step needs only the users of its item.
    private void Solve(int item, ReadOnlySpan<int> candidates, Span<float> weights, float[] residual)
    {
        AddColumn(item, 1, residual);
        var isActiveOnly = false;
        for (var iteration = 0; iteration < _options.Iterations; iteration++)
        {
            var largest = 0f;
            for (var c = 0; c < candidates.Length; c++)
            {
                if (isActiveOnly && weights[c] == 0)
                {
                    continue;
                }

                var old = weights[c];
                var other = candidates[c];
                var correlation = Dot(other, residual) + (_squares[other] * old);
                var updated = MathF.Max(0, (correlation - _options.L1) / (_squares[other] + _options.L2));
                if (updated != old)
                {
                    weights[c] = updated;
                    AddColumn(other, old - updated, residual);
                    largest = MathF.Max(largest, MathF.Abs(updated - old));
                }
            }

            if (largest > _options.Tolerance)
            {
                // Most weights stay 0: they are looked at again only when the others have settled.
                isActiveOnly = true;
            }
            else if (isActiveOnly)
            {
                isActiveOnly = false;
            }
            else
            {
                break;
            }
        }

        // Rounding leaves small numbers behind; zeroing what was touched costs less than clearing all users.
        Clear(item, residual);
        for (var c = 0; c < candidates.Length; c++)
        {
            Clear(candidates[c], residual);
        }
    }

    private float Dot(int item, float[] residual)
    {
        var row = _items.Row(item);
        var users = row.Columns;
        var values = row.Values;
        var sum = 0f;
        for (var i = 0; i < users.Length; i++)
        {
            sum += values[i] * residual[users[i]];
        }

        return sum;
    }

    private void AddColumn(int item, float factor, float[] residual)
    {
        var row = _items.Row(item);
        var users = row.Columns;
        var values = row.Values;
        for (var i = 0; i < users.Length; i++)
        {
            residual[users[i]] += factor * values[i];
        }
    }

    private void Clear(int item, float[] residual)
    {
        foreach (var user in _items.Row(item).Columns)
        {
            residual[user] = 0;
        }
    }

    // Weights were found by the item that is scored; lists are read by the item of the history, best first.
    private ItemNeighbours BySource(float[] weights)
    {
        var items = _items.RowCount;
        var starts = new int[items + 1];
        for (var at = 0; at < weights.Length; at++)
        {
            starts[_candidates.Items[at] + 1] += weights[at] > 0 ? 1 : 0;
        }

        for (var item = 0; item < items; item++)
        {
            starts[item + 1] += starts[item];
        }

        var next = starts.AsSpan(0, items).ToArray();
        var targets = new int[starts[^1]];
        var scores = new float[starts[^1]];
        for (var target = 0; target < items; target++)
        {
            for (var at = _candidates.Starts[target]; at < _candidates.Starts[target + 1]; at++)
            {
                if (weights[at] > 0)
                {
                    var to = next[_candidates.Items[at]]++;
                    (targets[to], scores[to]) = (target, -weights[at]);
                }
            }
        }

        for (var item = 0; item < items; item++)
        {
            // Stable by the target's number, so that ties go to the lower item.
            var keys = new (float, int)[starts[item + 1] - starts[item]];
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = (scores[starts[item] + i], targets[starts[item] + i]);
            }

            Array.Sort(keys);
            for (var i = 0; i < keys.Length; i++)
            {
                (scores[starts[item] + i], targets[starts[item] + i]) = (-keys[i].Item1, keys[i].Item2);
            }
        }

        return new ItemNeighbours(starts, targets, scores);
    }
}
