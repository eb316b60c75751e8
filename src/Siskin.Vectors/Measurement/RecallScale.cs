using System.Globalization;

namespace Siskin.Vectors.Measurement;

/// <summary>The horizontal scale of a plot: −log10(1 − recall), so that 0.9, 0.99 and 0.999 stand equally far apart.</summary>
internal sealed class RecallScale
{
    // Nearer to 1 than this counts as 1, which would lie at infinity and gets a place of its own behind the last tick.
    private const double Whole = 0.999995;
    private const double WholeGap = 0.25;

    private static readonly double[] Marks = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99999];
    private static readonly double[] Majors = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];

    private readonly double _min;
    private readonly double _max;
    private readonly bool _hasWhole;

    public RecallScale(IEnumerable<double> recalls)
    {
        var all = recalls.ToArray();
        var (least, most) = (all.Min(), all.Where(r => r < Whole).DefaultIfEmpty(0.9).Max());
        _hasWhole = all.Any(r => r >= Whole);
        var last = Array.FindIndex(Marks, mark => mark >= most);
        last = last < 0 ? Marks.Length - 1 : Math.Max(last, 1);
        var first = Math.Min(Array.FindLastIndex(Marks, mark => mark <= least), last - 1);
        (_min, _max) = (Transform(Marks[first]), Transform(Marks[last]));
    }

    /// <summary>Where a recall stands, 0 at the left to 1 at the right.</summary>
    public double At(double recall)
    {
        var right = _hasWhole ? _max + (WholeGap * Math.Max(1, _max - _min)) : _max;
        return recall >= Whole ? 1 : (Transform(recall) - _min) / (right - _min);
    }

    /// <summary>Where lines and numbers stand.</summary>
    /// <param name="gap">Least distance of two numbers, as a share of the whole; of numbers too near the rounder one is shown.</param>
    public IReadOnlyList<(double At, string? Label)> Ticks(double gap)
    {
        var shown = new List<double>();
        if (_hasWhole)
        {
            shown.Add(1);
        }

        var marks = Marks.Where(mark => Transform(mark) >= _min && Transform(mark) <= _max).ToArray();
        foreach (var mark in marks.Where(Majors.Contains).Concat(marks.Where(mark => !Majors.Contains(mark))))
        {
            if (shown.TrueForAll(other => Math.Abs(At(other) - At(mark)) >= gap))
            {
                shown.Add(mark);
            }
        }

        return [.. marks.Concat(_hasWhole ? [1.0] : []).Select(mark => (At(mark), shown.Contains(mark) ? mark.ToString(CultureInfo.InvariantCulture) : null))];
    }

    private static double Transform(double recall) => -Math.Log10(1 - recall);
}
