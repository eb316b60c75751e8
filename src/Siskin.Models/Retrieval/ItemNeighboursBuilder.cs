using System.Numerics;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;
using Siskin.Vectors.Kernels;

namespace Siskin.Models.Retrieval;

/// <summary>The work of <see cref="ItemNeighbours.Build"/>: C = XᵀFX row by row, each row cut to its best entries.</summary>
internal sealed class ItemNeighboursBuilder
{
    private readonly ItemNeighboursOptions _options;
    private readonly InteractionMatrix _users;
    private readonly InteractionMatrix _items;
    private readonly float[] _userFactors;
    private readonly float[] _sourceScale;
    private readonly float[] _targetScale;

    public ItemNeighboursBuilder(InteractionMatrix interactions, ItemNeighboursOptions options)
    {
        OptionsValidation.Check(options);
        _options = options;
        _users = CapHistories(interactions, options.MaxUserItems);
        _items = _users.Transpose();
        _userFactors = new float[_users.RowCount];
        for (var user = 0; user < _userFactors.Length; user++)
        {
            var n = _users.Row(user).Length;
            var factor = options.UserFrequencyWeighting ? 1 / Math.Log(1 + Math.Max(1, n)) : 1;
            _userFactors[user] = (float)(factor * Math.Pow(Math.Max(1, n), -options.UserDamping));
        }

        (_sourceScale, _targetScale) = Scales();
    }

    public ItemNeighbours Build(CancellationToken cancellationToken)
    {
        var itemCount = _items.RowCount;
        var kept = Math.Min(_options.Neighbours, Math.Max(1, itemCount - 1));
        var counts = new int[itemCount];
        var neighbours = new int[(long)itemCount * kept];
        var scores = new float[(long)itemCount * kept];
        var chunks = RowPartition.Create(itemCount, Cost);
        RowPartition.Run(chunks, _options.Threads, cancellationToken, () => new Row(itemCount), (row, first, end) =>
        {
            for (var item = first; item < end; item++)
            {
                var start = item * kept;
                counts[item] = row.Fill(this, item, neighbours.AsSpan(start, kept), scores.AsSpan(start, kept));
            }
        });
        return Compact(counts, neighbours, scores, kept);
    }

    private static ItemNeighbours Compact(int[] counts, int[] neighbours, float[] scores, int kept)
    {
        var starts = new int[counts.Length + 1];
        for (var item = 0; item < counts.Length; item++)
        {
            // Lists only move towards the front, so that one pass in place is enough.
            Array.Copy(neighbours, item * kept, neighbours, starts[item], counts[item]);
            Array.Copy(scores, item * kept, scores, starts[item], counts[item]);
            starts[item + 1] = starts[item] + counts[item];
        }

        Array.Resize(ref neighbours, starts[^1]);
        Array.Resize(ref scores, starts[^1]);
        return new ItemNeighbours(starts, neighbours, scores);
    }

    private static InteractionMatrix CapHistories(InteractionMatrix users, int limit)
    {
        var longest = 0;
        for (var user = 0; user < users.RowCount; user++)
        {
            longest = Math.Max(longest, users.Row(user).Length);
        }

        if (longest <= limit)
        {
            return users;
        }

        var starts = new int[users.RowCount + 1];
        var columns = new List<int>(users.Count);
        var values = new List<float>(users.Count);
        for (var user = 0; user < users.RowCount; user++)
        {
            var row = users.Row(user);
            var order = new int[row.Length];
            var keys = new (float Weight, uint Tie)[row.Length];
            for (var i = 0; i < order.Length; i++)
            {
                order[i] = i;
                keys[i] = (-row.Values[i], BitOperations.RotateLeft((uint)row.Columns[i] * 2654435761u, 13) * 2246822519u);
            }

            Array.Sort(keys, order);
            var cut = order.AsSpan(0, Math.Min(limit, order.Length));
            cut.Sort();
            foreach (var i in cut)
            {
                columns.Add(row.Columns[i]);
                values.Add(row.Values[i]);
            }

            starts[user + 1] = columns.Count;
        }

        return new InteractionMatrix(users.ColumnCount, starts, [.. columns], [.. values]);
    }

    private double Cost(int item)
    {
        var cost = 1.0;
        foreach (var user in _items.Row(item).Columns)
        {
            cost += _users.Row(user).Length;
        }

        return cost;
    }

    // similarity = c / (source_i · target_j + shrinkage)
    private (float[] Source, float[] Target) Scales()
    {
        var source = new float[_items.RowCount];
        var target = new float[_items.RowCount];
        for (var item = 0; item < source.Length; item++)
        {
            var row = _items.Row(item);
            if (_options.Kind == ItemSimilarity.PopularityDamped)
            {
                source[item] = (float)Math.Pow(row.Length, _options.HistoryDamping);
                target[item] = (float)Math.Pow(row.Length, _options.Damping);
                continue;
            }

            // The norm under the same user factors as the co-occurrence, so that the cosine of an item with itself is 1.
            var squares = 0.0;
            for (var i = 0; i < row.Length; i++)
            {
                squares += (double)_userFactors[row.Columns[i]] * row.Values[i] * row.Values[i];
            }

            source[item] = target[item] = (float)Math.Sqrt(squares);
        }

        return (source, target);
    }

    /// <summary>One thread's dense accumulator.</summary>
    private sealed class Row(int itemCount)
    {
        private readonly float[] _sums = new float[itemCount];
        private readonly bool[] _isTouched = new bool[itemCount];
        private readonly int[] _touched = new int[itemCount];

        public int Fill(ItemNeighboursBuilder builder, int item, Span<int> ids, Span<float> scores)
        {
            var touchedCount = 0;
            var users = builder._items.Row(item);
            for (var u = 0; u < users.Length; u++)
            {
                var user = users.Columns[u];
                var weight = builder._userFactors[user] * users.Values[u];
                var row = builder._users.Row(user);
                var columns = row.Columns;
                var values = row.Values;
                for (var i = 0; i < columns.Length; i++)
                {
                    var column = columns[i];
                    _sums[column] += weight * values[i];
                    if (!_isTouched[column])
                    {
                        _isTouched[column] = true;
                        _touched[touchedCount++] = column;
                    }
                }
            }

            var selection = new TopK(ids, scores);
            var source = builder._sourceScale[item];
            for (var t = 0; t < touchedCount; t++)
            {
                var other = _touched[t];
                var score = _sums[other] / ((source * builder._targetScale[other]) + builder._options.Shrinkage);
                _sums[other] = 0;
                _isTouched[other] = false;
                if (other != item && score > 0)
                {
                    selection.Push(other, score);
                }
            }

            return selection.Finish();
        }
    }
}
