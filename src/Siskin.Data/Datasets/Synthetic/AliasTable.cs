namespace Siskin.Data.Datasets.Synthetic;

/// <summary>Draws an entry with a fixed probability in constant time.</summary>
/// <remarks>Walker's alias method in the form of Vose 1991. Safe for concurrent reading.</remarks>
internal sealed class AliasTable
{
    private readonly int[] _values;
    private readonly int[] _alias;
    private readonly double[] _threshold;

    /// <param name="values">What is drawn; at least one entry.</param>
    /// <param name="weights">As many weights, not negative, not all 0; they need not sum to 1.</param>
    public AliasTable(int[] values, double[] weights)
    {
        var n = values.Length;
        _values = values;
        _alias = new int[n];
        _threshold = new double[n];
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < n; i++)
        {
            _threshold[i] = weights[i] * n / total;
            _alias[i] = i;
            (_threshold[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var low = small.Pop();
            var high = large.Peek();
            _alias[low] = high;
            _threshold[high] -= 1 - _threshold[low];
            if (_threshold[high] < 1)
            {
                small.Push(large.Pop());
            }
        }

        // What rounding left over in either stack stands for itself.
        while (small.TryPop(out var rest) || large.TryPop(out rest))
        {
            _threshold[rest] = 1;
        }
    }

    public int Draw(ref SyntheticRandom random)
    {
        var slot = random.Next(_values.Length);
        return _values[random.NextDouble() < _threshold[slot] ? slot : _alias[slot]];
    }
}
