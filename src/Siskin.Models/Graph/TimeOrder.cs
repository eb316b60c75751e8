namespace Siskin.Models.Graph;

/// <summary>The elements of a block's sequences by their place in time: all first elements, then all second ones, and so on.</summary>
/// <remarks>
/// Within a step examples stand in the order of their lengths, longest first. So the examples that go on to the next step are the
/// first ones of this step, and what a step needs of the one before it lies together.
/// </remarks>
internal sealed class TimeOrder
{
    private int[] _elements = [];
    private int[] _starts = [0];
    private int[] _ranks = [];

    /// <summary>Steps: the length of the longest sequence.</summary>
    public int Steps { get; private set; }

    /// <summary>Elements of all sequences.</summary>
    public int Rows { get; private set; }

    /// <summary>Row of the element in the node, by row in the order of time.</summary>
    public ReadOnlySpan<int> Elements => _elements.AsSpan(0, Rows);

    /// <summary>Where a step starts; the number behind the last step is <see cref="Rows"/>.</summary>
    public int Start(int step) => _starts[step];

    /// <summary>Examples that have an element in a step.</summary>
    public int Active(int step) => step < Steps ? _starts[step + 1] - _starts[step] : 0;

    /// <summary>Takes the lengths of a block.</summary>
    /// <param name="offsets">Where each example's elements start, and where the last's end.</param>
    public void Set(ReadOnlySpan<int> offsets)
    {
        var count = offsets.Length - 1;
        Steps = 0;
        for (var i = 0; i < count; i++)
        {
            Steps = Math.Max(Steps, offsets[i + 1] - offsets[i]);
        }

        Rows = offsets[count];
        _elements = Room(_elements, Rows);
        _starts = Room(_starts, Steps + 1);
        _ranks = Room(_ranks, Steps + 1);

        // How many are longer than t: the examples of step t, and where those of length t are put in order.
        var longer = _ranks.AsSpan(0, Steps + 1);
        longer.Clear();
        for (var i = 0; i < count; i++)
        {
            longer[offsets[i + 1] - offsets[i]]++;
        }

        var sum = 0;
        for (var length = Steps; length >= 0; length--)
        {
            (longer[length], sum) = (sum, sum + longer[length]);
        }

        _starts[0] = 0;
        for (var step = 0; step < Steps; step++)
        {
            _starts[step + 1] = _starts[step] + longer[step];
        }

        for (var i = 0; i < count; i++)
        {
            var length = offsets[i + 1] - offsets[i];
            var rank = longer[length]++;
            for (var step = 0; step < length; step++)
            {
                _elements[_starts[step] + rank] = offsets[i] + step;
            }
        }
    }

    private static int[] Room(int[] array, int length) => array.Length >= length ? array : new int[Math.Max(length, array.Length * 3 / 2)];
}
