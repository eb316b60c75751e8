using System.Text;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Persistence;

public sealed class IndexMetadataTests
{
    [Fact]
    public void Values_come_back_as_set()
    {
        var written = new IndexMetadata("a");
        written.Set("text", "x\ny");
        written.Set("long", long.MinValue);
        written.Set("third", 1 / 3d);
        written.Set("yes", true);
        written.Set("metric", VectorMetric.Cosine);
        var read = new IndexMetadata("a", 100, written.ToJson());
        Assert.Equal("x\ny", read.Text("text"));
        Assert.Equal(long.MinValue, read.Int64("long", long.MinValue, 0));
        Assert.Equal(1 / 3d, read.Double("third", 0, 1));
        Assert.True(read.Boolean("yes"));
        Assert.Equal(VectorMetric.Cosine, read.Enumeration<VectorMetric>("metric"));
        Assert.True(read.Has("text"));
        Assert.False(read.Has("other"));
    }

    [Theory]
    [InlineData("{\"n\":\"5\"}", "from 6 to 10")]
    [InlineData("{\"n\":\"11\"}", "from 6 to 10")]
    [InlineData("{\"n\":\"7.5\"}", "from 6 to 10")]
    [InlineData("{\"n\":\"99999999999999999999\"}", "from 6 to 10")]
    [InlineData("{}", "missing")]
    public void Numbers_outside_of_the_range_are_refused(string json, string message)
    {
        var metadata = Parse(json);
        var e = Assert.Throws<ModelFormatException>(() => metadata.Int32("n", 6, 10));
        Assert.Contains(message, e.Message);
        Assert.Equal(100, e.Offset);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("2")]
    [InlineData("zero")]
    public void Fractions_outside_of_the_range_are_refused(string value)
    {
        var metadata = Parse($"{{\"n\":\"{value}\"}}");
        Assert.Throws<ModelFormatException>(() => metadata.Double("n", 0, 1));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("cosine")]
    [InlineData("Cosine, L2")]
    public void Names_that_are_none_are_refused(string value)
    {
        var metadata = Parse($"{{\"m\":\"{value}\"}}");
        Assert.Throws<ModelFormatException>(() => metadata.Enumeration<VectorMetric>("m"));
        Assert.Throws<ModelFormatException>(() => metadata.Boolean("m"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"a\":null}")]
    [InlineData("{\"a\":{}}")]
    [InlineData("{\"a\":\"b\"")]
    [InlineData("\"a\"")]
    public void Anything_but_an_object_of_strings_is_refused(string json) =>
        Assert.Throws<ModelFormatException>(() => Parse(json));

    private static IndexMetadata Parse(string json) => new("a", 100, Encoding.UTF8.GetBytes(json));
}
