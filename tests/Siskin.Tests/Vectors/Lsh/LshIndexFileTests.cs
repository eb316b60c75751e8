using Siskin.Tests.Vectors.Persistence;
using Siskin.Vectors;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Persistence;

namespace Siskin.Tests.Vectors.Lsh;

public sealed class LshIndexFileTests : IDisposable
{
    private static readonly ClusteredVectors Vectors = new(2000, 16, 30, 2);

    private readonly string _folder = Directory.CreateTempSubdirectory("siskin-lsh-").FullName;

    public static TheoryData<string, VectorMetric, LshOptions> Settings() => new()
    {
        { "signs", VectorMetric.L2, new LshOptions { Functions = 6, Tables = 3 } },
        { "many signs", VectorMetric.Cosine, new LshOptions { Functions = 24, Tables = 2, SketchBits = 64 } },
        { "Gaussian", VectorMetric.L2, new LshOptions { Family = LshFamily.GaussianProjection, Functions = 4, SketchBits = 0 } },
        { "lift", VectorMetric.InnerProduct, new LshOptions { Lift = true } },
        { "or", VectorMetric.L2, new LshOptions { Policy = LshPolicy.Or, Family = LshFamily.GaussianProjection } },
        { "at least, signs", VectorMetric.InnerProduct, new LshOptions { Policy = LshPolicy.AtLeast, Tables = 2 } },
        { "at least, Gaussian", VectorMetric.L2, new LshOptions { Policy = LshPolicy.AtLeast, Family = LshFamily.GaussianProjection, Functions = 40, Probes = 20 } },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void An_opened_index_answers_as_the_saved_one(string name, VectorMetric metric, LshOptions options)
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, metric, options);
        index.Remove(5);
        index.Add(6, Vectors.Row(77));
        index.Add(123_456, Vectors.Row(78));
        var path = Path.Combine(_folder, name);
        index.Save(path);
        foreach (var inMemory in new[] { false, true })
        {
            using var opened = LshIndex.Open(path, new IndexOpenOptions { InMemory = inMemory });
            Assert.Equal((index.Count, index.Metric, index.Dimensions), (opened.Count, opened.Metric, opened.Dimensions));
            Assert.Equal(index.Options, opened.Options);
            Assert.Equal(Found(index), Found(opened));
        }
    }

    [Fact]
    public void An_opened_index_can_be_changed_folded_and_saved_over_its_own_file()
    {
        var path = Path.Combine(_folder, "changed");
        using (var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { Functions = 4 }))
        {
            index.Save(path);
        }

        using var opened = LshIndex.Open(path);
        for (var id = 0; id < 10_000; id++)
        {
            opened.Add(id, Vectors.Row(id % Vectors.Count));
        }

        opened.Remove(3);
        opened.WaitForFolding();
        opened.Save(path);
        using var again = LshIndex.Open(path);
        Assert.Equal(9_999, again.Count);
        Assert.Equal(Found(opened), Found(again));
    }

    [Fact]
    public void An_empty_index_is_saved_and_learns_after_opening()
    {
        var path = Path.Combine(_folder, "empty");
        using (var index = new LshIndex(Vectors.Dimensions, VectorMetric.L2, new LshOptions { Family = LshFamily.GaussianProjection }))
        {
            index.Save(path);
        }

        using var opened = LshIndex.Open(path);
        Assert.Equal(0, opened.Count);
        for (var id = 0; id < 10_000; id++)
        {
            opened.Add(id, Vectors.Row(id % Vectors.Count));
        }

        opened.WaitForFolding();
        Assert.NotEqual(4, opened.Options.BucketWidth);
        var (ids, scores) = (new int[1], new float[1]);
        opened.Search(Vectors.Row(42), ids, scores);
        Assert.Equal(42, ids[0]);
    }

    [Fact]
    public void Vectors_left_in_the_file_are_reported_as_mapped()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2);
        var path = Path.Combine(_folder, "memory");
        index.Save(path);
        using var mapped = LshIndex.Open(path);
        using var loaded = LshIndex.Open(path, new IndexOpenOptions { InMemory = true });
        Assert.Equal(Vectors.Rows.Length * 4L, mapped.Memory.MappedOriginals);
        Assert.True(loaded.Memory.Vectors >= Vectors.Rows.Length * 4L);
        Assert.Equal(0, loaded.Memory.MappedOriginals);
    }

    [Theory]
    [InlineData(LshPolicy.And)]
    [InlineData(LshPolicy.AtLeast)]
    public void Damaged_files_are_never_used_unnoticed(LshPolicy policy)
    {
        var path = Path.Combine(_folder, "corruption");
        using (var index = LshIndex.Build(Vectors.Rows.AsSpan(0, 300 * 16), 16, VectorMetric.L2, new LshOptions { Policy = policy, Tables = 2, SketchBits = 64 }))
        {
            index.Remove(4);
            index.Add(500, Vectors.Row(500));
            index.Save(path);
        }

        var (refused, _) = CorruptionCases.Run(path, Examine, 250);
        Assert.True(refused > 150, $"{refused}");

        string Examine(string file)
        {
            using var index = LshIndex.Open(file, new IndexOpenOptions { Verification = IndexVerification.OnFirstUse });
            return string.Join(' ', Found(index, 10));
        }
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        var path = Path.Combine(_folder, "other");
        using (var writer = new IndexFileWriter(path, "hnsw", 1))
        {
            writer.Commit();
        }

        Assert.Contains("expected 'lsh'", Assert.Throws<ModelFormatException>(() => LshIndex.Open(path)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<(int Id, float Score)> Found(LshIndex index, int queries = 100)
    {
        var found = new List<(int, float)>();
        var (ids, scores) = (new int[10], new float[10]);
        for (var q = 0; q < queries; q++)
        {
            index.Search(Vectors.Query(q), ids, scores);
            found.AddRange(ids.Zip(scores));
        }

        return found;
    }
}
