using System.Globalization;
using System.Runtime.InteropServices;
using Siskin.Tests.Storage;
using Siskin.Tests.Vectors.Persistence;
using Siskin.Vectors;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;

namespace Siskin.Tests.Vectors.Hnsw;

public sealed class HnswFileTests : IDisposable
{
    private static readonly ClusteredVectors Data = new(20_000, 16, 50, seed: 8);

    private readonly TemporaryFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "index.siskin");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(VectorFormat.Float32, VectorMetric.L2, false)]
    [InlineData(VectorFormat.Float32, VectorMetric.InnerProduct, true)]
    [InlineData(VectorFormat.Int8, VectorMetric.Cosine, false)]
    [InlineData(VectorFormat.Int8, VectorMetric.L2, true)]
    [InlineData(VectorFormat.Int8Symmetric, VectorMetric.InnerProduct, false)]
    public void An_opened_index_answers_as_the_saved_one(VectorFormat format, VectorMetric metric, bool inMemory)
    {
        using var saved = Build(metric, format);
        saved.Save(FilePath);
        using var opened = HnswIndex.Open(FilePath, new() { InMemory = inMemory });
        Assert.Equal((saved.Metric, saved.Dimensions, saved.Count), (opened.Metric, opened.Dimensions, opened.Count));
        Assert.Equal(saved.Options with { Threads = 0 }, opened.Options);
        Assert.Equal(Answers(saved), Answers(opened));
    }

    [Fact]
    public void Whole_vectors_beside_compressed_ones_stay_in_the_file()
    {
        using var saved = Build(VectorMetric.L2, VectorFormat.Int8);
        saved.Save(FilePath);
        using var opened = HnswIndex.Open(FilePath, new() { InMemory = true });
        Assert.Equal(0, opened.Memory.Originals);
        Assert.Equal(saved.Memory.Originals, opened.Memory.MappedOriginals);
        Assert.Equal(saved.Memory.Vectors, opened.Memory.Vectors);
    }

    [Fact]
    public void An_opened_index_can_be_changed_and_the_file_stays_as_it_was()
    {
        using (var saved = Build(VectorMetric.L2, VectorFormat.Int8))
        {
            saved.Remove(7);
            saved.Save(FilePath);
        }

        var before = File.ReadAllBytes(FilePath);
        using var opened = HnswIndex.Open(FilePath);
        Assert.False(opened.Remove(7));
        Assert.True(opened.Remove(8));
        for (var i = 0; i < 3000; i++)
        {
            opened.Add(50_000 + i, Data.Row(i));
        }

        opened.Consolidate();
        Assert.Equal(22_998, opened.Count);
        for (var i = 0; i < 3000; i += 100)
        {
            Assert.Contains(50_000 + i, Found(opened, Data.Row(i)));
        }

        Assert.DoesNotContain(8, Found(opened, Data.Row(8)));
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_changed_index_can_be_saved_over_the_file_that_it_was_opened_from()
    {
        using (var saved = Build(VectorMetric.Cosine, VectorFormat.Int8))
        {
            saved.Save(FilePath);
        }

        using var opened = HnswIndex.Open(FilePath, new() { Verification = IndexVerification.OnFirstUse });
        opened.Add(30_000, Data.Query(0));
        opened.Remove(1);
        opened.Save(FilePath);
        using var again = HnswIndex.Open(FilePath);
        Assert.Equal(20_000, again.Count);
        Assert.Equal(Answers(opened), Answers(again));
        Assert.Contains(30_000, Found(again, Data.Query(0)));
    }

    [Fact]
    public async Task Saving_beside_changes_and_searches_writes_some_state_between()
    {
        using var index = Build(VectorMetric.L2, VectorFormat.Int8);
        using var stop = new CancellationTokenSource();
        var changes = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                index.Add(20_000 + i, Data.Row(i % 20_000));
                index.Remove(i);
            }
        });
        for (var round = 0; round < 3; round++)
        {
            index.Save(FilePath);
            using var opened = HnswIndex.Open(FilePath, new() { Verification = IndexVerification.BeforeUse });
            Assert.InRange(opened.Count, 19_999, 20_001);
            Assert.Equal(10, opened.Search(Data.Query(round), new int[10], new float[10]));
        }

        await stop.CancelAsync();
        await changes;
    }

    [Fact]
    public void An_empty_index_and_one_without_living_vectors_come_back()
    {
        using var empty = HnswIndex.Create(16, VectorMetric.L2);
        empty.Save(FilePath);
        using (var opened = HnswIndex.Open(FilePath))
        {
            Assert.Equal(0, opened.Count);
            Assert.Equal(0, opened.Search(Data.Query(0), new int[3], new float[3]));
        }

        empty.Add(3, Data.Row(3));
        empty.Remove(3);
        empty.Save(FilePath);
        using (var opened = HnswIndex.Open(FilePath))
        {
            Assert.Equal(0, opened.Search(Data.Query(0), new int[3], new float[3]));
            opened.Add(4, Data.Row(4));
            Assert.Contains(4, Found(opened, Data.Row(4)));
        }
    }

    [Fact]
    public void A_thousand_corruptions_are_refused_or_harmless()
    {
        var data = new ClusteredVectors(9_000, 16, 20, seed: 4);
        using (var index = HnswIndex.Build(data.Rows, 16, VectorMetric.L2, new() { M = 8, EfConstruction = 40, Format = VectorFormat.Int8 }))
        {
            index.Save(FilePath);
        }

        var (refused, harmless) = CorruptionCases.Run(FilePath, path =>
        {
            using var opened = HnswIndex.Open(path, new() { Verification = IndexVerification.OnFirstUse });
            return Answers(opened, data, 5);
        });
        Assert.Equal(1000, refused + harmless);
        Assert.True(refused > 500, $"{refused} refused");
    }

    // Checksums tell damage, not a program that writes nonsense; that must not end the process either.
    [Fact]
    public void Links_that_lead_nowhere_under_right_checksums_neither_crash_searches_nor_get_past_the_first_change()
    {
        using (var index = HnswIndex.Build(Data.Rows, 16, VectorMetric.L2, new() { M = 8, EfConstruction = 40 }))
        {
            index.Save(FilePath);
        }

        var random = new Random(5);
        for (var round = 0; round < 10; round++)
        {
            var path = FilePath + round;
            Rewrite(path, (name, bytes) =>
            {
                if (name is "links" or "upper" or "upper-start")
                {
                    foreach (ref var link in MemoryMarshal.Cast<byte, int>(bytes.AsSpan()))
                    {
                        link = random.Next(10) == 0 ? random.Next(int.MinValue, int.MaxValue) >> random.Next(16) : link;
                    }
                }
            });
            using var opened = HnswIndex.Open(path);
            for (var q = 0; q < 20; q++)
            {
                opened.Search(Data.Query(q), new int[10], new float[10]);
                opened.Search(Data.Query(q), new int[10], new float[10], new SearchOptions { Predicate = id => id % 3 == 0 });
            }

            var e = Assert.Throws<ModelFormatException>(() => opened.Add(1, Data.Row(0)));
            Assert.Equal(path, e.Path);
        }
    }

    [Fact]
    public void Files_of_other_kinds_are_refused()
    {
        using (var writer = new IndexFileWriter(FilePath, "exact", 1))
        {
            writer.Commit();
        }

        Assert.Contains("expected 'hnsw'", Assert.Throws<ModelFormatException>(() => HnswIndex.Open(FilePath)).Message);
        using (var writer = new IndexFileWriter(FilePath, "hnsw", 99))
        {
            writer.Commit();
        }

        Assert.Contains("version 99", Assert.Throws<ModelFormatException>(() => HnswIndex.Open(FilePath)).Message);
    }

    private static HnswIndex Build(VectorMetric metric, VectorFormat format) =>
        HnswIndex.Build(Data.Rows, 16, metric, new() { M = 8, EfConstruction = 60, Format = format, Seed = 77, EfSearch = 70 });

    private static int[] Found(HnswIndex index, ReadOnlySpan<float> query)
    {
        var ids = new int[10];
        index.Search(query, ids, new float[10], new SearchOptions { Effort = 200 });
        return ids;
    }

    private static string Answers(HnswIndex index) => Answers(index, Data, 50);

    private static string Answers(HnswIndex index, ClusteredVectors data, int queries)
    {
        var text = new List<string>();
        var (ids, scores) = (new int[10], new float[10]);
        for (var q = 0; q < queries; q++)
        {
            index.Search(data.Query(q), ids, scores);
            text.Add(string.Join(' ', ids) + " " + string.Join(' ', scores.Select(s => s.ToString("R", CultureInfo.InvariantCulture))));
        }

        return string.Join('\n', text);
    }

    private unsafe void Rewrite(string path, Action<string, byte[]> change)
    {
        using var file = IndexFile.Open(FilePath, HnswFile.Kind, HnswFile.Version, HnswFile.Version);
        using var writer = new IndexFileWriter(path, HnswFile.Kind, HnswFile.Version);
        foreach (var (key, value) in file.Metadata.Values)
        {
            writer.Metadata.Set(key, value);
        }

        foreach (var section in file.Sections)
        {
            section.EnsureVerified();
            var bytes = new Span<byte>(section.Pointer, (int)section.Length).ToArray();
            change(section.Name, bytes);
            writer.BeginSection(section.Name, section.ElementSize);
            writer.Write(bytes);
        }

        writer.Commit();
    }
}
