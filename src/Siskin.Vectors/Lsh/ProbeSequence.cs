namespace Siskin.Vectors.Lsh;

/// <summary>Names the buckets of one table in the order in which they are likely to hold near vectors (multi-probe).</summary>
/// <remarks>
/// Lv et al. 2007: a step of function i by δ has the distance z from the query's projection to the last border that the step
/// crosses; a set of steps has the score Σ z², and sets come in the order of their scores, made from each other by the moves shift and
/// expand. For signs a step flips one bit, and z is |a·q|. One query's scratch, used again by the next; not thread-safe.
/// </remarks>
internal sealed unsafe class ProbeSequence
{
    private const int MostSteps = 64;

    // So many are sorted in no time.
    private const int SortedSteps = 32;
    private const int MostFar = 4;

    private readonly float[] _distances = new float[MostSteps];
    private readonly int[] _functions = new int[MostSteps];
    private readonly ulong[] _changes = new ulong[MostSteps];

    // Steps that cannot stand beside step j: those of the same function.
    private readonly ulong[] _excluded = new ulong[MostSteps];
    private Node[] _heap = new Node[256];
    private int _count;
    private int _steps;
    private bool _flips;
    private bool _started;
    private ulong _first;

    /// <summary>Starts with the bucket of the query.</summary>
    /// <param name="model">The functions.</param>
    /// <param name="values">Values of all functions for the query.</param>
    /// <param name="table">Which table.</param>
    public void Start(LshModel model, float* values, int table)
    {
        var m = model.PerTable;
        values += table * m;
        _count = 0;
        _started = false;
        _flips = model.HasSigns;
        if (_flips)
        {
            _steps = m;
            _first = model.SignKey(values);
            for (var j = 0; j < m; j++)
            {
                (_distances[j], _functions[j], _changes[j]) = (values[j] * values[j], j, 1ul << j);
            }
        }
        else
        {
            // Buckets further off than the next are worth a look too where functions are few and buckets narrow.
            var far = Math.Clamp(SortedSteps / (2 * m), 1, MostFar);
            _steps = 2 * m * far;
            _first = model.IntegerSum(values, table);
            for (var j = 0; j < m; j++)
            {
                var below = values[j] - MathF.Floor(values[j]);
                var multiplier = model.Multipliers[(table * m) + j];
                for (var t = 0; t < far; t++)
                {
                    var step = 2 * ((j * far) + t);
                    var (down, up, change) = (t + below, t + 1 - below, (ulong)(t + 1) * multiplier);
                    (_distances[step], _functions[step], _changes[step]) = (down * down, j, 0 - change);
                    (_distances[step + 1], _functions[step + 1], _changes[step + 1]) = (up * up, j, change);
                }
            }
        }

        SortSteps();
    }

    /// <summary>Gives the next bucket's key.</summary>
    /// <returns>False when there are no more.</returns>
    public bool Next(out ulong key)
    {
        if (!_started)
        {
            _started = true;
            if (_steps > 0)
            {
                Push(new Node(_distances[0], 1, 0));
            }

            key = _flips ? _first : SeededRandom.Mix(_first);
            return true;
        }

        while (_count > 0)
        {
            var node = Pop();
            var next = node.Last + 1;
            var stands = TryKey(node.Set, out key);
            if (next < _steps)
            {
                // Shift. Only a set without two steps of one function expands: what is made from any other could not stand either.
                Push(new Node(node.Score - _distances[node.Last] + _distances[next], (node.Set & ~(1ul << node.Last)) | (1ul << next), next));
                if (stands)
                {
                    Push(new Node(node.Score + _distances[next], node.Set | (1ul << next), next));
                }
            }

            if (stands)
            {
                return true;
            }
        }

        key = 0;
        return false;
    }

    private bool TryKey(ulong set, out ulong key)
    {
        key = _first;
        for (var rest = set; rest != 0; rest &= rest - 1)
        {
            var step = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if ((_excluded[step] & set) != 0)
            {
                return false;
            }

            key = _flips ? key ^ _changes[step] : key + _changes[step];
        }

        key = _flips ? key : SeededRandom.Mix(key);
        return true;
    }

    // By insertion: at most 64 steps, and every array moves with them.
    private void SortSteps()
    {
        for (var i = 1; i < _steps; i++)
        {
            var (distance, function, change) = (_distances[i], _functions[i], _changes[i]);
            var j = i;
            for (; j > 0 && _distances[j - 1] > distance; j--)
            {
                (_distances[j], _functions[j], _changes[j]) = (_distances[j - 1], _functions[j - 1], _changes[j - 1]);
            }

            (_distances[j], _functions[j], _changes[j]) = (distance, function, change);
        }

        for (var i = 0; i < _steps; i++)
        {
            _excluded[i] = 0;
            for (var j = 0; j < _steps && !_flips; j++)
            {
                _excluded[i] |= j != i && _functions[j] == _functions[i] ? 1ul << j : 0;
            }
        }
    }

    private void Push(Node node)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }

        var at = _count++;
        while (at > 0 && node.Score < _heap[(at - 1) / 2].Score)
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = node;
    }

    private Node Pop()
    {
        var top = _heap[0];
        var node = _heap[--_count];
        var at = 0;
        for (var child = 1; child < _count; child = (2 * at) + 1)
        {
            child += child + 1 < _count && _heap[child + 1].Score < _heap[child].Score ? 1 : 0;
            if (_heap[child].Score >= node.Score)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = node;
        return top;
    }

    private readonly record struct Node(float Score, ulong Set, int Last);
}
