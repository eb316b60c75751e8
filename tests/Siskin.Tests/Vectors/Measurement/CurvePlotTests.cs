using System.Globalization;
using System.Xml.Linq;
using Siskin.Vectors.Measurement;

namespace Siskin.Tests.Vectors.Measurement;

public sealed class CurvePlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly PlotSeries Hnsw = new("hnsw", [new(0.9, 10_000), new(0.99, 4_000), new(0.999, 1_000)]);

    [Fact]
    public void Nines_stand_equally_far_apart_and_speed_grows_upwards()
    {
        var marks = Circles(CurvePlot.Render("speed", [Hnsw]));

        Assert.Equal(3, marks.Length - 1);
        Assert.True(marks[0].X < marks[1].X);
        Assert.Equal(marks[1].X - marks[0].X, marks[2].X - marks[1].X, 0.2);
        Assert.True(marks[0].Y < marks[1].Y && marks[1].Y < marks[2].Y);

        // From 10,000 to 4,000 and from 4,000 to 1,000 on a logarithmic scale.
        Assert.Equal(Math.Log(2.5) / Math.Log(4), (marks[1].Y - marks[0].Y) / (marks[2].Y - marks[1].Y), 0.01);
    }

    [Fact]
    public void A_recall_of_one_has_a_place_behind_all_others()
    {
        var text = CurvePlot.Render("exact too", [new PlotSeries("hnsw", [.. Hnsw.Points, new(1, 200)])]);
        var marks = Circles(text);

        Assert.True(marks[3].X > marks[2].X + 20);
        Assert.Superset(new HashSet<string> { "0.9", "0.99", "0.999", "1", "200", "1k", "10k" }, Labels(text).ToHashSet());
    }

    [Fact]
    public void Names_are_escaped_and_every_line_is_in_the_legend()
    {
        var text = CurvePlot.Render("a < b & \"c\"\u0001", [Hnsw, new PlotSeries("<lsh> & 好", [new(0.5, 300)]), new PlotSeries(new string('x', 200), [new(0.7, 20)])]);
        var document = XDocument.Parse(text);

        Assert.Equal("a < b & \"c\"\uFFFD", document.Root!.Element(Svg + "title")!.Value);
        Assert.Superset(new HashSet<string> { "hnsw", "<lsh> & 好" }, Labels(text).ToHashSet());
        Assert.DoesNotContain(Labels(text), label => label.Length > 48);
    }

    [Fact]
    public void The_same_input_gives_the_same_text_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var text = CurvePlot.Render("t", [Hnsw]);
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = other;
            Assert.Equal(text, CurvePlot.Render("t", [Hnsw]));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0.0, 1e-3)]
    [InlineData(1.0, 1.0)]
    [InlineData(0.99999, 1e9)]
    [InlineData(0.9999999, 123)]
    [InlineData(0.95, 10)]
    public void A_single_point_lies_inside_of_the_axes(double recall, double speed)
    {
        var mark = Circles(CurvePlot.Render("one", [new PlotSeries("p", [new(recall, speed)])]))[0];

        Assert.InRange(mark.X, 72, 632);
        Assert.InRange(mark.Y, 48, 408);
    }

    [Theory]
    [InlineData(1.1, 1)]
    [InlineData(-0.1, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(0.5, 0)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Points_that_cannot_be_drawn_are_refused(double recall, double speed)
    {
        Assert.Throws<ArgumentException>(() => CurvePlot.Render("no", [new PlotSeries("p", [new(recall, speed)])]));
        Assert.Throws<ArgumentException>(() => CurvePlot.Render("no", []));
    }

    // The marks of the first line, and last the one of the legend.
    private static (double X, double Y)[] Circles(string svg) =>
    [
        .. XDocument.Parse(svg).Descendants(Svg + "circle").Select(c => ((double)c.Attribute("cx")!, (double)c.Attribute("cy")!)),
    ];

    private static IEnumerable<string> Labels(string svg) => XDocument.Parse(svg).Descendants(Svg + "text").Select(t => t.Value);
}
