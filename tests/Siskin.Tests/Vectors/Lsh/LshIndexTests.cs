using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Lsh;

namespace Siskin.Tests.Vectors.Lsh;

public sealed class LshIndexTests
{
    private static readonly ClusteredVectors Vectors = new(6000, 24, 60, 1, normSpread: 0.4);

    public static TheoryData<string, VectorMetric, LshOptions, int> Settings()
    {
        var settings = new TheoryData<string, VectorMetric, LshOptions, int>();
        var gaussian = new LshOptions { Family = LshFamily.GaussianProjection };
        foreach (var metric in Enum.GetValues<VectorMetric>())
        {
            settings.Add($"signs {metric}", metric, new LshOptions { Functions = 6 }, 40);
            settings.Add($"two tables {metric}", metric, new LshOptions { Functions = 6, Tables = 2 }, 24);
            settings.Add($"no sketch {metric}", metric, new LshOptions { Functions = 6, SketchBits = 0 }, 40);
            settings.Add($"or {metric}", metric, new LshOptions { Policy = LshPolicy.Or, Functions = 4 }, 1);
            settings.Add($"at least {metric}", metric, new LshOptions { Policy = LshPolicy.AtLeast, Functions = 128, Required = 80 }, 20);
        }

        foreach (var metric in new[] { VectorMetric.L2, VectorMetric.Cosine })
        {
            settings.Add($"Gaussian {metric}", metric, gaussian with { Functions = 4 }, 60);
            settings.Add($"Gaussian or {metric}", metric, gaussian with { Policy = LshPolicy.Or, Functions = 3, Tables = 2 }, 1);
            settings.Add($"Gaussian at least {metric}", metric, gaussian with { Policy = LshPolicy.AtLeast, Functions = 40, Required = 20 }, 10);
        }

        settings.Add("lifted signs", VectorMetric.InnerProduct, new LshOptions { Lift = true, Functions = 6 }, 40);
        settings.Add("lifted Gaussian", VectorMetric.InnerProduct, gaussian with { Lift = true, Functions = 4 }, 60);
        return settings;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Search_finds_nine_tenths_of_the_nearest(string name, VectorMetric metric, LshOptions options, int effort)
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, metric, options);
        Assert.True(Vectors.Recall(index, 10, effort) >= 0.9, name);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_most_effort_finds_nearly_everything(string name, VectorMetric metric, LshOptions options, int effort)
    {
        Assert.NotEqual(0, effort);
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, metric, options with { SketchDeviations = 4 });
        Assert.True(Vectors.Recall(index, 10, 1 << 20) >= 0.999, name);
    }

    [Fact]
    public void More_probes_find_more()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { Functions = 10, SketchBits = 0 });
        var (few, some, many) = (Vectors.Recall(index, 10, 2), Vectors.Recall(index, 10, 16), Vectors.Recall(index, 10, 128));
        Assert.True(few + 0.05 < some && some + 0.05 < many, $"{few} {some} {many}");
    }

    [Fact]
    public void Scores_are_those_of_the_exact_index()
    {
        foreach (var metric in Enum.GetValues<VectorMetric>())
        {
            using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, metric, new LshOptions { SketchBits = 0 });
            var (ids, scores) = (new int[10], new float[10]);
            index.Search(Vectors.Query(3), ids, scores);
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(ClusteredVectors.Score(Vectors.Query(3), Vectors.Row(ids[i]), metric), scores[i], 1e-4 * (1 + Math.Abs(scores[i])));
                Assert.True(i == 0 || scores[i] <= scores[i - 1]);
            }
        }
    }

    [Fact]
    public void Ties_go_to_the_lower_id_and_missing_results_are_minus_one()
    {
        float[] rows = [1, 0, 0, 1, 1, 0, 1, 0];
        using var index = LshIndex.Build(rows, 2, VectorMetric.L2, ids: [9, 4, 7, 2]);
        var (ids, scores) = (new int[6], new float[6]);
        Assert.Equal(4, index.Search([1, 0], ids, scores));
        Assert.Equal([2, 7, 9, 4, -1, -1], ids);
        Assert.Equal([0, 0, 0, -2, float.NegativeInfinity, float.NegativeInfinity], scores);
    }

    [Fact]
    public void K_results_are_found_whenever_there_are_so_many()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { Functions = 12, SketchBits = 64 });
        var (ids, scores) = (new int[500], new float[500]);
        Assert.Equal(500, index.Search(Vectors.Query(0), ids, scores, new SearchOptions { Effort = 1 }));
        Assert.Equal(500, ids.Distinct().Count());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(400)]
    public void Filters_let_only_allowed_ids_through_and_keep_recall(int every)
    {
        var bitmap = new ulong[(Vectors.Count + 63) / 64];
        for (var id = 0; id < Vectors.Count; id += every)
        {
            bitmap[id >> 6] |= 1ul << (id & 63);
        }

        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.Cosine, new LshOptions { Functions = 6 });
        Assert.True(Vectors.Recall(index, 5, 40, id => id % every == 0, bitmap) >= 0.9);
        Assert.True(Vectors.Recall(index, 5, 40, id => id % every == 0) >= 0.9);
        var (ids, scores) = (new int[5], new float[5]);
        index.Search(Vectors.Query(0), ids, scores, bitmap);
        Assert.All(ids, id => Assert.Equal(0, id % every));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_the_index()
    {
        var options = new LshOptions { Functions = 6, Tables = 2 };
        using var one = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.Cosine, options, threads: 1);
        using var four = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.Cosine, options, threads: 4);
        Assert.Equal(Found(one), Found(four));
    }

    [Fact]
    public void A_long_row_added_after_building_is_found_through_the_lift()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.InnerProduct, new LshOptions { Functions = 6, Lift = true });
        var longest = Vectors.Query(5).ToArray();
        for (var i = 0; i < longest.Length; i++)
        {
            longest[i] *= 100;
        }

        index.Add(9999, longest);
        var (ids, scores) = (new int[1], new float[1]);
        index.Search(Vectors.Query(5), ids, scores);
        Assert.Equal(9999, ids[0]);
    }

    [Fact]
    public void An_empty_index_is_filled_by_adding_and_folds_what_was_added()
    {
        using var index = new LshIndex(Vectors.Dimensions, VectorMetric.L2, new LshOptions { Functions = 5 });
        var (ids, scores) = (new int[10], new float[10]);
        Assert.Equal(0, index.Search(Vectors.Query(0), ids, scores));
        for (var round = 0; round < 2; round++)
        {
            for (var id = 0; id < Vectors.Count; id++)
            {
                index.Add(id, Vectors.Row(id));
            }

            index.WaitForFolding();
            Assert.Equal(Vectors.Count, index.Count);
            Assert.True(Vectors.Recall(index, 10, 20) >= 0.9);
        }
    }

    [Fact]
    public void Removed_vectors_are_not_found_and_replaced_ones_only_once()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { SketchBits = 0 });
        for (var id = 0; id < Vectors.Count; id += 2)
        {
            Assert.True(index.Remove(id));
        }

        Assert.False(index.Remove(0));
        Assert.False(index.Remove(-1));
        for (var id = 1; id < 1000; id += 2)
        {
            index.Add(id, Vectors.Row(id));
        }

        Assert.Equal(Vectors.Count / 2, index.Count);
        Assert.True(Vectors.Recall(index, 10, 1 << 20, id => id % 2 == 1) >= 0.999);
        var (ids, scores) = (new int[Vectors.Count], new float[Vectors.Count]);
        Assert.Equal(Vectors.Count / 2, index.Search(Vectors.Query(1), ids, scores));
        Assert.Equal(Enumerable.Range(0, Vectors.Count / 2).Select(i => (2 * i) + 1), ids.Take(Vectors.Count / 2).Order());
    }

    [Fact]
    public async Task Searches_beside_changes_always_find_each_vector_that_stays()
    {
        var token = TestContext.Current.CancellationToken;
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { Functions = 4 });
        var writing = Task.Run(
            () =>
            {
                for (var round = 0; round < 3; round++)
                {
                    for (var id = 1000; id < Vectors.Count; id++)
                    {
                        _ = id % 3 == 0 ? index.Remove(id) : Add(id);
                    }
                }

                bool Add(int id)
                {
                    index.Add(id, Vectors.Row(id));
                    return true;
                }
            },
            token);
        var (ids, scores) = (new int[3], new float[3]);
        for (var i = 0; !writing.IsCompleted || i < 1000; i++)
        {
            index.Search(Vectors.Row(i % 1000), ids, scores);
            Assert.Equal((i % 1000, 0f), (ids[0], scores[0]));
            Assert.Equal(3, ids.Distinct().Count());
        }

        await writing;
        index.WaitForFolding();
        Assert.Equal(1000 + Enumerable.Range(1000, 5000).Count(id => id % 3 != 0), index.Count);
    }

    [Fact]
    public async Task A_vector_that_is_replaced_again_and_again_is_always_found_once()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { Functions = 4 });
        var stop = false;
        var row = Vectors.Row(7).ToArray();
        var writing = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref stop))
                {
                    index.Add(7, row);
                }
            },
            TestContext.Current.CancellationToken);
        var (ids, scores) = (new int[5], new float[5]);
        for (var i = 0; i < 5000; i++)
        {
            index.Search(row, ids, scores);
            Assert.Equal(7, ids[0]);
            Assert.Equal(1, ids.Count(id => id == 7));
        }

        Volatile.Write(ref stop, true);
        await writing;
    }

    [Fact]
    public void Searching_allocates_nothing()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.L2, new LshOptions { Tables = 2 });
        var (ids, scores) = (new int[10], new float[10]);
        for (var i = 0; i < 100; i++)
        {
            index.Search(Vectors.Query(i), ids, scores);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            index.Search(Vectors.Query(i), ids, scores);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Zero_vectors_have_cosine_zero()
    {
        using var index = LshIndex.Build([0, 0, 1, 0, -1, 0], 2, VectorMetric.Cosine);
        var (ids, scores) = (new int[3], new float[3]);
        Assert.Equal(3, index.Search([3, 0], ids, scores));
        Assert.Equal([1, 0, 2], ids);
        Assert.Equal([1, 0, -1], scores);
        Assert.Equal(3, index.Search([0, 0], ids, scores));
        Assert.All(scores, score => Assert.Equal(0, score));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var rows = new float[6];
        Assert.Throws<ArgumentException>(() => LshIndex.Build(new float[5], 2, VectorMetric.L2));
        Assert.Throws<ArgumentException>(() => LshIndex.Build([1, float.NaN], 2, VectorMetric.L2));
        Assert.Throws<ArgumentException>(() => LshIndex.Build(rows, 2, VectorMetric.L2, ids: [1, 2]));
        Assert.Throws<ArgumentException>(() => LshIndex.Build(rows, 2, VectorMetric.L2, ids: [1, 2, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => LshIndex.Build(rows, 2, VectorMetric.L2, ids: [1, 2, -1]));
        using var index = LshIndex.Build(rows, 2, VectorMetric.L2);
        Assert.Throws<ArgumentException>(() => index.Search(new float[3], new int[1], new float[1]));
        Assert.Throws<ArgumentException>(() => index.Search([1, float.PositiveInfinity], new int[1], new float[1]));
        Assert.Throws<ArgumentException>(() => index.Search([1, 1], new int[1], new float[2]));
        Assert.Throws<ArgumentException>(() => index.Add(1, [float.NaN, 0]));
        Assert.ThrowsAny<ArgumentException>(() => index.Add(-1, [0, 0]));
    }

    [Fact]
    public void All_settings_that_are_not_allowed_are_named_at_once()
    {
        var options = new LshOptions { Functions = 33, SketchBits = 100, Family = LshFamily.CauchyProjection, Tables = 0, Lift = true };
        var error = Assert.Throws<ArgumentException>(() => options.Validate(VectorMetric.L2));
        foreach (var name in new[] { "Functions is 33", "SketchBits is 100", "Family is Cauchy", "Tables is 0", "Lift is set" })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => new LshOptions { Family = LshFamily.GaussianProjection }.Validate(VectorMetric.InnerProduct));
    }

    [Fact]
    public void The_exact_index_and_all_buckets_agree()
    {
        using var index = LshIndex.Build(Vectors.Rows, Vectors.Dimensions, VectorMetric.InnerProduct, new LshOptions { SketchBits = 0 });
        using var exact = new ExactIndex(Vectors.Rows, Vectors.Dimensions);
        var (ids, expected, scores) = (new int[20], new int[20], new float[20]);
        for (var q = 0; q < 100; q++)
        {
            index.Search(Vectors.Query(q), ids, scores, new SearchOptions { Effort = 1 << 20 });
            exact.Search(Vectors.Query(q), expected, scores);
            Assert.Equal(expected, ids);
        }
    }

    private static List<int> Found(LshIndex index)
    {
        var found = new List<int>();
        var (ids, scores) = (new int[10], new float[10]);
        for (var q = 0; q < 100; q++)
        {
            index.Search(Vectors.Query(q), ids, scores);
            found.AddRange(ids);
        }

        return found;
    }
}
