using System.Globalization;

namespace Siskin.Vectors.Measurement;

/// <summary>The vertical scale of a plot: logarithmic, from and to numbers such as 1, 2 or 5 times a power of ten.</summary>
internal sealed class LogScale
{
    private readonly List<double> _marks = [];

    public LogScale(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var exponent = (int)Math.Floor(Math.Log10(all.Min()));
        for (var most = all.Max(); _marks.Count < 2 || _marks[^1] < most; exponent++)
        {
            foreach (var factor in (ReadOnlySpan<double>)[1, 2, 5])
            {
                if (_marks.Count < 2 || _marks[^1] < most)
                {
                    _marks.Add(factor * Math.Pow(10, exponent));
                }
            }
        }

        while (_marks.Count > 2 && _marks[1] <= all.Min())
        {
            _marks.RemoveAt(0);
        }
    }

    /// <summary>Where a value stands, 0 at the bottom to 1 at the top.</summary>
    public double At(double value) => Math.Log(value / _marks[0]) / Math.Log(_marks[^1] / _marks[0]);

    /// <summary>Where lines and numbers stand; over more than three decades only powers of ten have numbers.</summary>
    public IReadOnlyList<(double At, string? Label)> Ticks()
    {
        var isWide = _marks[^1] / _marks[0] > 1001;
        return [.. _marks.Select(mark => (At(mark), isWide && !IsPower(mark) ? null : Text(mark)))];
    }

    private static bool IsPower(double value) => Math.Abs(Math.Log10(value) - Math.Round(Math.Log10(value))) < 1e-9;

    private static string Text(double value) => value switch
    {
        >= 0.9999e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:G3}M"),
        >= 0.9999e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:G3}k"),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };
}
