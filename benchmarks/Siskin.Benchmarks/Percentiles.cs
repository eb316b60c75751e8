namespace Siskin.Benchmarks;

/// <summary>Order statistics of measured times.</summary>
internal static class Percentiles
{
    /// <summary>The nearest-rank percentile.</summary>
    /// <param name="values">Sorted in place.</param>
    /// <param name="percent">0 to 100.</param>
    public static double Of(List<double> values, double percent)
    {
        values.Sort();
        return values.Count == 0 ? double.NaN : values[Math.Clamp((int)Math.Ceiling(percent / 100 * values.Count) - 1, 0, values.Count - 1)];
    }
}
