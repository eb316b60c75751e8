using System.Globalization;
using Siskin.Tests.Storage;
using Siskin.Tests.Vectors.Persistence;
using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Exact;

public sealed class ExactFileTests : IDisposable
{
    private static readonly ClusteredVectors Data = new(5_000, 20, 30, seed: 12, normSpread: 0.3);

    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "index.siskin");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(VectorMetric.L2, false)]
    [InlineData(VectorMetric.InnerProduct, true)]
    [InlineData(VectorMetric.Cosine, false)]
    public void An_opened_index_answers_as_the_saved_one(VectorMetric metric, bool inMemory)
    {
        using var saved = new ExactIndex(Data.Rows, 20, metric);
        saved.Save(FilePath);
        using (var opened = ExactIndex.Open(FilePath, new() { InMemory = inMemory }))
        {
            Assert.Equal((metric, 20, 5000), (opened.Metric, opened.Dimensions, opened.Count));
            Assert.Equal(Answers(saved), Answers(opened));
        }

        saved.Remove(17);
        saved.Add(9_000, Data.Row(18));
        saved.Save(FilePath);
        using (var opened = ExactIndex.Open(FilePath, new() { InMemory = inMemory }))
        {
            Assert.Equal(5000, opened.Count);
            Assert.Equal(Answers(saved), Answers(opened));
        }
    }

    [Fact]
    public void An_opened_index_can_be_changed_and_saved_over_its_file()
    {
        using (var saved = new ExactIndex(20, VectorMetric.Cosine))
        {
            for (var i = 0; i < 1000; i++)
            {
                saved.Add(i * 3, Data.Row(i));
            }

            saved.Save(FilePath);
        }

        using var opened = ExactIndex.Open(FilePath);
        Assert.True(opened.Remove(30));
        Assert.False(opened.Remove(31));
        opened.Add(33, Data.Row(4000));
        opened.Save(FilePath);
        using var again = ExactIndex.Open(FilePath);
        Assert.Equal(999, again.Count);
        Assert.Equal(Answers(opened), Answers(again));
        Assert.Equal(33, Nearest(again, Data.Row(4000)));
    }

    [Fact]
    public void An_empty_index_comes_back()
    {
        using (var empty = new ExactIndex(20, VectorMetric.Cosine))
        {
            empty.Save(FilePath);
        }

        using var opened = ExactIndex.Open(FilePath);
        Assert.Equal(0, opened.Count);
        opened.Add(2, Data.Row(2));
        Assert.Equal(2, Nearest(opened, Data.Row(2)));
    }

    [Fact]
    public void A_thousand_corruptions_are_refused()
    {
        using (var index = new ExactIndex(Data.Rows, 20, VectorMetric.Cosine))
        {
            index.Remove(5);
            index.Save(FilePath);
        }

        var (refused, harmless) = CorruptionCases.Run(FilePath, path =>
        {
            using var opened = ExactIndex.Open(path, new() { Verification = IndexVerification.OnFirstUse });
            return string.Join(' ', Nearest(opened, Data.Query(0)), Nearest(opened, Data.Query(1)), opened.Count);
        });
        Assert.Equal((1000, 0), (refused, harmless));
    }

    [Fact]
    public void Two_vectors_under_one_id_are_refused_at_the_first_change()
    {
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.Metadata.Set("dimensions", 2);
            writer.Metadata.Set("metric", VectorMetric.L2);
            writer.Metadata.Set("count", 2);
            writer.Metadata.Set("ids_are_rows", false);
            writer.WriteSection<int>("ids", [7, 7]);
            writer.BeginSection("rows", 8);
            writer.Write<float>([1, 2, 3, 4]);
            writer.Commit();
        }

        using var opened = ExactIndex.Open(FilePath);
        Assert.Contains("two vectors have the id 7", Assert.Throws<ModelFormatException>(() => opened.Remove(7)).Message);
    }

    private static int Nearest(ExactIndex index, ReadOnlySpan<float> query)
    {
        var ids = new int[1];
        index.Search(query, ids, new float[1]);
        return ids[0];
    }

    private static string Answers(ExactIndex index)
    {
        var text = new List<string>();
        var (ids, scores) = (new int[10], new float[10]);
        for (var q = 0; q < 30; q++)
        {
            index.Search(Data.Query(q), ids, scores);
            text.Add(string.Join(' ', ids) + " " + string.Join(' ', scores.Select(s => s.ToString("R", CultureInfo.InvariantCulture))));
        }

        return string.Join('\n', text);
    }
}
