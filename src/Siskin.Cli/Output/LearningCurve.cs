using System.Globalization;
using System.Text;
using Siskin.Models.Training;

namespace Siskin.Cli.Output;

/// <summary>Loss and validation by epoch as an SVG picture that stands by itself.</summary>
/// <remarks>The background is clear and all colours are of middle lightness, so that it can be read on light and on dark pages.</remarks>
internal static class LearningCurve
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 64;
    private const int Right = 64;
    private const int Top = 44;
    private const int Bottom = 44;

    private static readonly string[] Colours = ["#3b82c4", "#c4653b", "#4a9a5b", "#9a5bb0", "#8a8a3b", "#c43b7a"];

    /// <summary>Draws.</summary>
    /// <param name="title">Above the picture.</param>
    /// <param name="runs">Names and reports; those without epochs are left out.</param>
    public static string Render(string title, IReadOnlyList<(string Name, GraphTrainingReport Report)> runs)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#808080\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"20\" text-anchor=\"middle\" font-size=\"14\">{Escape(title)}</text>\n");
        var epochs = Math.Max(2, runs.Max(run => run.Report.Epochs.Count));
        var losses = Range(runs.SelectMany(run => run.Report.Epochs.Select(epoch => epoch.Loss)));
        var scores = Range(runs.SelectMany(run => run.Report.Epochs.Select(epoch => epoch.ValidationScore)));
        Axis(svg, losses, Left - 8, "end", "loss", Left);
        Axis(svg, scores, Width - Right + 8, "start", "validation", Width - Right);
        for (var tick = 0; tick <= 4; tick++)
        {
            var epoch = 1 + (tick * (epochs - 1) / 4);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(epoch, epochs):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{epoch}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 8}\" text-anchor=\"middle\">epoch; dashed: loss, solid: validation, circle: the best epoch</text>\n");
        for (var i = 0; i < runs.Count; i++)
        {
            var (name, report) = runs[i];
            var colour = Colours[i % Colours.Length];
            Line(svg, report.Epochs.Select(epoch => (epoch.Epoch, epoch.Loss)), losses, epochs, colour, "stroke-dasharray=\"5 4\" ");
            Line(svg, report.Epochs.Select(epoch => (epoch.Epoch, epoch.ValidationScore)), scores, epochs, colour, string.Empty);
            if (report.BestEpoch > 0 && report.Epochs[report.BestEpoch - 1].ValidationScore is var best && double.IsFinite(best))
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(report.BestEpoch, epochs):F1}\" cy=\"{Y(best, scores):F1}\" r=\"4\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 10 + (i * 120)}\" y=\"{Top - 6}\" fill=\"{colour}\">{Escape(name)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Axis(StringBuilder svg, (double Low, double High) range, int x, string anchor, string name, int line)
    {
        if (range.High <= range.Low)
        {
            return;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{line} {Top}V{Height - Bottom}\" stroke=\"#808080\" fill=\"none\"/>\n");
        for (var tick = 0; tick <= 4; tick++)
        {
            var value = range.Low + (tick * (range.High - range.Low) / 4);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{Y(value, range) + 4:F1}\" text-anchor=\"{anchor}\">{value:G4}</text>\n");
        }

        // From the picture's edge inwards, since a name may be longer than its numbers.
        var (edge, inwards) = anchor == "start" ? (Width - 8, "end") : (8, "start");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{edge}\" y=\"{Top - 24}\" text-anchor=\"{inwards}\">{name}</text>\n");
    }

    private static void Line(StringBuilder svg, IEnumerable<(int Epoch, double Value)> points, (double Low, double High) range, int epochs, string colour, string dashes)
    {
        var path = string.Join('L', points.Where(point => double.IsFinite(point.Value)).Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Epoch, epochs):F1} {Y(point.Value, range):F1}")));
        if (path.Length > 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" {dashes}/>\n");
        }
    }

    private static double X(int epoch, int epochs) => Left + ((epoch - 1.0) / (epochs - 1) * (Width - Left - Right));

    private static double Y(double value, (double Low, double High) range) =>
        Height - Bottom - (range.High > range.Low ? (value - range.Low) / (range.High - range.Low) * (Height - Top - Bottom) : 0);

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        return finite.Length == 0 ? (0, 0) : (finite.Min(), finite.Max() > finite.Min() ? finite.Max() : finite.Min() + 1);
    }

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);
}
