using System.Text.Json;
using System.Xml.Linq;
using Siskin.Vectors;
using Siskin.Vectors.Advice;
using Siskin.Vectors.Files;

namespace Siskin.Tests.Vectors.Advice;

public sealed class IndexAdvisorTests
{
    private static readonly Lazy<IndexAdvice> Advice = new(() => IndexAdvisor.Advise(Rows(600), options: Quick));

    private static IndexAdvisorOptions Quick => new() { Metric = VectorMetric.L2, SampleQueries = 20, TimeLimit = TimeSpan.FromMilliseconds(1), Count = 5000 };

    [Fact]
    public void A_real_run_recommends_something_that_reaches_the_recall()
    {
        var advice = Advice.Value;

        Assert.NotNull(advice.Recommended);
        Assert.True(advice.Recommended.Search.Recall >= 0.95);
        Assert.Equal(5000, advice.Options.Count);
        Assert.Equal((16, 600 - 20 - 30, 20), (advice.Dimensions, advice.SampleRows, advice.SampleQueries));

        // The first two are measured whatever the time limit.
        Assert.Equal(["exact", "HNSW f32, M 16"], advice.Measurements.Where(measured => measured.Samples.Count > 0).Select(measured => measured.Name));
        var exact = advice.Measurements[0].Samples[0];
        Assert.Equal(1, Assert.Single(exact.Points).Recall);
        Assert.Equal(exact.Rows * 16 * 4, exact.Memory.Vectors);
        Assert.All(advice.Measurements.SelectMany(measured => measured.Samples), sample => Assert.True(sample.AddMicroseconds > 0 && sample.RemoveMicroseconds > 0 && sample.BuildSeconds > 0));
    }

    [Fact]
    public void Advice_read_back_from_json_decides_the_same()
    {
        var read = JsonSerializer.Deserialize<IndexAdvice>(JsonSerializer.Serialize(Advice.Value))!;

        Assert.Equal(Advice.Value.ToMarkdown(), IndexAdvisor.Decide(read, read.Options).ToMarkdown());
    }

    [Fact]
    public void Other_wishes_can_be_decided_upon_without_measuring()
    {
        var tight = IndexAdvisor.Decide(Advice.Value, Quick with { MemoryBytes = 1000 });

        Assert.Null(tight.Recommended);
        Assert.StartsWith("memory: ", tight.Loosen[0], StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => IndexAdvisor.Decide(Advice.Value, Quick with { K = 11 }));
    }

    [Fact]
    public void The_text_has_a_row_for_each_index_and_the_picture_a_line()
    {
        var advice = Advice.Value;
        var text = advice.ToMarkdown();
        var svg = XDocument.Parse(advice.ToSvg());

        Assert.Contains($"**Recommended: {advice.Recommended!.Name}**", text, StringComparison.Ordinal);
        Assert.All(advice.Alternatives, estimate => Assert.Contains($"| {estimate.Name} ", text, StringComparison.Ordinal));
        Assert.Equal(2 + advice.Alternatives.Count + 1, text.Split('\n').Count(line => line.StartsWith('|')));
        Assert.Contains($"{advice.Recommended.Name} (recommended)", svg.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_draws_the_same_sample_and_nothing_twice()
    {
        var rows = new VectorSet(Enumerable.Range(0, 1000).Select(i => (float)i).ToArray(), 1);

        var sample = AdviceSample.Draw(rows, null, Quick);
        var again = AdviceSample.Draw(rows, null, Quick);
        var other = AdviceSample.Draw(rows, null, Quick with { Seed = 2 });

        Assert.Equal((930, 20, 50), (sample.Rows.Count, sample.Queries.Count, sample.Spare.Count));
        float[] drawn = [.. new[] { sample.Rows, sample.Queries, sample.Spare }.SelectMany(set => set.Rows.ToArray()).Order()];
        Assert.Equal(rows.Rows.ToArray(), drawn);
        Assert.Equal(sample.Rows.Rows.ToArray(), again.Rows.Rows.ToArray());
        Assert.NotEqual(sample.Rows.Rows.ToArray(), other.Rows.Rows.ToArray());
        Assert.InRange(sample.Rows.Rows[..200].ToArray().Average(), 400, 600);
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        Assert.Throws<ArgumentException>(() => IndexAdvisor.Advise(Rows(99), options: Quick));
        Assert.Throws<ArgumentException>(() => IndexAdvisor.Advise(Rows(200), new VectorSet(new float[3], 3), Quick));
        Assert.Throws<ArgumentException>(() => IndexAdvisor.Advise(Rows(200), new VectorSet(Array.Empty<float>(), 16), Quick));
        var error = Assert.Throws<ArgumentException>(() => IndexAdvisor.Advise(Rows(200), options: new() { K = 0, Recall = 2, Latency = TimeSpan.Zero }));
        Assert.Contains("K is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Recall is 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("Latency is", error.Message, StringComparison.Ordinal);
    }

    private static VectorSet Rows(int count) => new(new ClusteredVectors(count, 16, 8, 1).Rows, 16);
}
