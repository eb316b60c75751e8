using System.Globalization;
using System.Text;

namespace Siskin.Vectors.Measurement;

/// <summary>Draws recall against queries per second as SVG.</summary>
/// <remarks>
/// Recall lies along −log10(1 − recall), which spreads 0.9 to 1; speed along a logarithm: further up and to the right is
/// better. The background is clear and all colours are of middle lightness, so that the picture can be read on light and on
/// dark pages. The same input gives the same text.
/// </remarks>
public static class CurvePlot
{
    private const double Left = 72;
    private const double Top = 48;
    private const double Width = 560;
    private const double Height = 360;
    private const double Bottom = 56;
    private const double LegendRow = 22;
    private const int LongestName = 48;

    // Letters of system fonts are narrower than this, at the size of the legend.
    private const double LetterWidth = 8;

    private const string Ink = "#7a7a7a";
    private static readonly string[] Colours = ["#2f81f7", "#d9730d", "#2da44e", "#d1487f", "#8b63d9", "#1b9aaa", "#b08800", "#c0453a"];

    /// <summary>Draws lines into one picture.</summary>
    /// <param name="title">What stands above.</param>
    /// <param name="series">The lines, in the order of the legend.</param>
    /// <returns>An SVG document.</returns>
    /// <exception cref="ArgumentException">There are no points, a recall is not within 0 and 1, or a speed is not positive and finite.</exception>
    public static string Render(string title, IReadOnlyList<PlotSeries> series)
    {
        var points = series.SelectMany(line => line.Points).ToArray();
        if (points.Length == 0)
        {
            throw new ArgumentException("there are no points to draw", nameof(series));
        }

        foreach (var point in points)
        {
            if (!(point.Recall is >= 0 and <= 1) || !(point.QueriesPerSecond > 0) || !double.IsFinite(point.QueriesPerSecond))
            {
                throw new ArgumentException($"a recall from 0 to 1 and a speed above 0 were expected, found {point}", nameof(series));
            }
        }

        var (recall, speed) = (new RecallScale(points.Select(p => p.Recall)), new LogScale(points.Select(p => p.QueriesPerSecond)));
        var legend = 56 + (LetterWidth * series.Max(line => Shorten(line.Name).Length));
        var (width, height) = (Left + Width + legend, Math.Max(Top + Height + Bottom, Top + (LegendRow * (series.Count + 1))));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:F0} {height:F0}\" width=\"{width:F0}\" height=\"{height:F0}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"{Ink}\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left:F0}\" y=\"28\" font-size=\"16\" font-weight=\"600\">{Escape(title)}</text>\n");
        DrawAxes(svg, recall, speed);
        for (var i = 0; i < series.Count; i++)
        {
            DrawSeries(svg, series[i], i, recall, speed);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawAxes(StringBuilder svg, RecallScale recall, LogScale speed)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g stroke=\"{Ink}\" stroke-opacity=\"0.3\">\n");
        foreach (var (at, label) in recall.Ticks(52 / Width))
        {
            var x = Left + (at * Width);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:F1} {Top:F1}V{Top + Height:F1}\"{(label is null ? " stroke-dasharray=\"2 4\"" : string.Empty)}/>\n");
            AppendLabel(label, x, Top + Height + 20, "middle");
        }

        foreach (var (at, label) in speed.Ticks())
        {
            var y = Top + ((1 - at) * Height);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left:F1} {y:F1}H{Left + Width:F1}\"{(label is null ? " stroke-dasharray=\"2 4\"" : string.Empty)}/>\n");
            AppendLabel(label, Left - 8, y + 4.5, "end");
        }

        svg.Append("</g>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (Width / 2):F1}\" y=\"{Top + Height + 44:F1}\" text-anchor=\"middle\">recall</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(18 {Top + (Height / 2):F1}) rotate(-90)\" text-anchor=\"middle\">queries per second</text>\n");

        void AppendLabel(string? label, double x, double y, string anchor)
        {
            if (label is not null)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" stroke=\"none\">{label}</text>\n");
            }
        }
    }

    private static void DrawSeries(StringBuilder svg, PlotSeries series, int number, RecallScale recall, LogScale speed)
    {
        // Lines are told apart by marks and dashes too, for those who see colours otherwise.
        var dashes = (number / Colours.Length % 2) == 1 ? " stroke-dasharray=\"6 4\"" : string.Empty;
        var colour = Colours[number % Colours.Length];
        svg.Append(CultureInfo.InvariantCulture, $"<g stroke=\"{colour}\" fill=\"{colour}\" stroke-width=\"2\">\n");
        if (series.Points.Count > 0)
        {
            var places = series.Points.Select(p => (X: Left + (recall.At(p.Recall) * Width), Y: Top + ((1 - speed.At(p.QueriesPerSecond)) * Height))).ToArray();
            svg.Append(CultureInfo.InvariantCulture, $"<path fill=\"none\"{dashes} d=\"M{string.Join('L', places.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:F1} {p.Y:F1}")))}\"/>\n");
            foreach (var (x, y) in places)
            {
                AppendMark(svg, number, x, y);
            }
        }

        var (legendX, legendY) = (Left + Width + 16, Top + 8 + (number * LegendRow));
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{legendX:F1} {legendY:F1}h24\"{dashes}/>\n");
        AppendMark(svg, number, legendX + 12, legendY);
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{legendX + 30:F1}\" y=\"{legendY + 4.5:F1}\" stroke=\"none\" fill=\"{Ink}\">{Escape(Shorten(series.Name))}</text>\n</g>\n");
    }

    private static void AppendMark(StringBuilder svg, int number, double x, double y)
    {
        _ = (number % 4) switch
        {
            0 => svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3\"/>\n"),
            1 => svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x - 3:F1} {y - 3:F1}h6v6h-6z\"/>\n"),
            2 => svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:F1} {y - 4:F1}l4 7h-8z\"/>\n"),
            _ => svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{x:F1} {y - 4.5:F1}l4.5 4.5-4.5 4.5-4.5-4.5z\"/>\n"),
        };
    }

    private static string Shorten(string name) => name.Length <= LongestName ? name : name[..(LongestName - 1)] + "…";

    // Control characters and halves of pairs have no place in XML at all.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                < 0x20 or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune.ToString()),
            };
        }

        return escaped.ToString();
    }
}
