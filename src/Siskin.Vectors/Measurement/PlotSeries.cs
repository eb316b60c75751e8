namespace Siskin.Vectors.Measurement;

/// <summary>One line of a plot.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">At least one, in the order in which they are joined.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points)
{
    /// <summary>The line of a measured curve.</summary>
    /// <param name="name">What the legend says.</param>
    /// <param name="curve">At least one point.</param>
    public static PlotSeries Of(string name, IEnumerable<CurvePoint> curve) =>
        new(name, [.. curve.Select(point => new PlotPoint(point.Recall, point.QueriesPerSecond))]);
}
