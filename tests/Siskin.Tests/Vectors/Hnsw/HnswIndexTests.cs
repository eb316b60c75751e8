using Siskin.Vectors;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Quantization;

namespace Siskin.Tests.Vectors.Hnsw;

public sealed class HnswIndexTests
{
    private static readonly ClusteredVectors Data = new(4_000, 24, 40, seed: 3);

    public static TheoryData<VectorMetric, VectorFormat> Forms
    {
        get
        {
            var forms = new TheoryData<VectorMetric, VectorFormat>();
            foreach (var metric in Enum.GetValues<VectorMetric>())
            {
                forms.Add(metric, VectorFormat.Float32);
                forms.Add(metric, VectorFormat.Int8);
                forms.Add(metric, VectorFormat.Int8Symmetric);
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Search_finds_nearly_all_of_the_true_nearest(VectorMetric metric, VectorFormat format)
    {
        var data = new ClusteredVectors(4_000, 24, 40, seed: 5, normSpread: 0.4);
        using var index = HnswIndex.Build(data.Rows, 24, metric, new() { Format = format });
        Assert.Equal(4_000, index.Count);
        Assert.InRange(data.Recall(index, 10, effort: 100), 0.97, 1);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Scores_are_those_of_the_vectors_as_given(VectorMetric metric, VectorFormat format)
    {
        using var index = HnswIndex.Build(Data.Rows, 24, metric, new() { Format = format });
        var ids = new int[5];
        var scores = new float[5];
        Assert.Equal(5, index.Search(Data.Query(0), ids, scores));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ClusteredVectors.Score(Data.Query(0), Data.Row(ids[i]), metric), scores[i], 1e-3);
        }

        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Fact]
    public void Without_originals_the_scores_are_those_of_compressed_vectors_and_recall_stays_high()
    {
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { Format = VectorFormat.Int8, KeepOriginals = false });
        Assert.Equal(0, index.Memory.Originals);
        Assert.InRange(Data.Recall(index, 10, effort: 100), 0.9, 1);
    }

    [Fact]
    public void Compressed_vectors_take_a_quarter_of_the_memory()
    {
        using var whole = HnswIndex.Build(Data.Rows, 24, VectorMetric.Cosine, new() { EfConstruction = 20 });
        using var bytes = HnswIndex.Build(Data.Rows, 24, VectorMetric.Cosine, new() { EfConstruction = 20, Format = VectorFormat.Int8 });
        Assert.Equal(4_000 * 24, bytes.Memory.Vectors);
        Assert.Equal(4_000 * 32 * 4, bytes.Memory.Originals);
        Assert.Equal(bytes.Memory.Originals, whole.Memory.Vectors);
        Assert.Equal(whole.Memory.Structure, bytes.Memory.Structure);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.01)]
    [InlineData(0.001)]
    public void A_filter_keeps_recall_at_every_selectivity(double share)
    {
        var random = new Random(11);
        var allowed = new bool[4_000];
        var bitmap = new ulong[(4_000 + 63) / 64];
        for (var i = 0; i < 4_000; i++)
        {
            if (random.NextDouble() < share)
            {
                allowed[i] = true;
                bitmap[i >> 6] |= 1UL << (i & 63);
            }
        }

        Assert.Contains(true, allowed);
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { Format = VectorFormat.Int8 });
        Assert.InRange(Data.Recall(index, 10, 60, id => allowed[id]), 0.95, 1);
        Assert.InRange(Data.Recall(index, 10, 60, id => allowed[id], bitmap), 0.95, 1);
    }

    [Fact]
    public void A_filter_that_allows_only_what_lies_far_away_is_answered_exactly()
    {
        // The allowed ones are the farthest from the query: no walk near it meets them.
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { EfConstruction = 40 });
        var far = Data.Nearest(Data.Query(0), VectorMetric.L2, 4_000)[^300..].ToHashSet();
        var ids = new int[10];
        Assert.Equal(10, index.Search(Data.Query(0), ids, new float[10], new SearchOptions { Predicate = far.Contains }));
        Assert.Equal(Data.Nearest(Data.Query(0), VectorMetric.L2, 10, far.Contains), ids);
    }

    [Fact]
    public void Nothing_allowed_gives_nothing()
    {
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { EfConstruction = 20 });
        var ids = new int[3];
        Assert.Equal(0, index.Search(Data.Query(0), ids, new float[3], new SearchOptions { Predicate = _ => false }));
        Assert.Equal(0, index.Search(Data.Query(0), ids, new float[3], new ulong[100]));
        Assert.Equal([-1, -1, -1], ids);
    }

    [Fact]
    public void Search_with_fewer_vectors_than_asked_for_pads_with_minus_one()
    {
        using var index = HnswIndex.Create(2, VectorMetric.L2);
        Assert.Equal(0, index.Search([1, 2], new int[2], new float[2]));
        index.Add(7, [1, 1]);
        index.Add(9, [5, 5]);
        var ids = new int[3];
        var scores = new float[3];
        Assert.Equal(2, index.Search([1, 2], ids, scores));
        Assert.Equal([7, 9, -1], ids);
        Assert.Equal([-1f, -25f, float.NegativeInfinity], scores);
    }

    [Theory]
    [InlineData(VectorFormat.Float32)]
    [InlineData(VectorFormat.Int8)]
    public void Every_vector_finds_itself(VectorFormat format)
    {
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { M = 8, EfConstruction = 60, Format = format });
        Assert.All(Enumerable.Range(0, 4_000), i => Assert.True(Finds(index, i, 120)));
    }

    [Fact]
    public void Equal_vectors_are_all_found()
    {
        var rows = Enumerable.Repeat(new float[] { 1, 2, 3, 4 }, 3_000).SelectMany(r => r).ToArray();
        using var index = HnswIndex.Build(rows, 4, VectorMetric.L2, new() { EfConstruction = 50 });
        var ids = new int[50];
        Assert.Equal(50, index.Search([1, 2, 3, 4], ids, new float[50], new SearchOptions { Effort = 60 }));
        Assert.Equal(50, ids.Distinct().Count());
    }

    [Fact]
    public void Added_vectors_are_found_and_removed_ones_are_not()
    {
        using var index = HnswIndex.Create(24, VectorMetric.Cosine, new() { Format = VectorFormat.Int8Symmetric });
        for (var i = 0; i < 3_000; i++)
        {
            index.Add(i, Data.Row(i));
        }

        Assert.True(index.Remove(5));
        Assert.False(index.Remove(5));
        Assert.False(index.Remove(1_000_000));
        Assert.Equal(2_999, index.Count);
        Assert.False(Finds(index, 5, 100));
        Assert.True(Finds(index, 6, 100));
        index.Add(5, Data.Row(5));
        Assert.True(Finds(index, 5, 100));
    }

    [Fact]
    public void An_id_added_again_is_found_at_its_new_place_only()
    {
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { EfConstruction = 60 });
        index.Add(17, Data.Query(3));
        Assert.Equal(4_000, index.Count);
        var ids = new int[30];
        index.Search(Data.Query(3), ids, new float[30]);
        Assert.Equal(17, ids[0]);
        Assert.Single(ids, 17);
        index.Search(Data.Row(17), ids, new float[30]);
        Assert.NotEqual(17, ids[0]);
    }

    [Fact]
    public void Slots_of_removed_vectors_are_used_again_and_recall_stays()
    {
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, new() { Format = VectorFormat.Int8 });
        var before = index.Memory.Vectors;
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 800; i++)
            {
                Assert.True(index.Remove((round * 800) + i));
            }

            index.Consolidate();
            for (var i = 0; i < 800; i++)
            {
                index.Add((round * 800) + i, Data.Row((round * 800) + i));
            }
        }

        Assert.Equal(before, index.Memory.Vectors);
        Assert.Equal(4_000, index.Count);
        Assert.InRange(Data.Recall(index, 10, 100), 0.97, 1);
    }

    [Fact]
    public void All_can_be_removed_and_the_index_filled_again()
    {
        using var index = HnswIndex.Build(Data.Rows.AsMemory(0, 2_000 * 24), 24, VectorMetric.L2, new() { EfConstruction = 40 });
        for (var i = 0; i < 2_000; i++)
        {
            index.Remove(i);
        }

        Assert.Equal(0, index.Count);
        Assert.Equal(0, index.Search(Data.Query(0), new int[1], new float[1]));
        index.Consolidate();
        for (var i = 0; i < 2_000; i++)
        {
            index.Add(i + 5_000, Data.Row(i));
        }

        var ids = new int[1];
        index.Search(Data.Row(44), ids, new float[1]);
        Assert.Equal([5_044], ids);
    }

    [Fact]
    public async Task Searches_beside_adds_and_removes_never_fail_and_no_vector_gets_lost()
    {
        using var index = HnswIndex.Build(Data.Rows.AsMemory(0, 2_000 * 24), 24, VectorMetric.L2, new() { EfConstruction = 40, Format = VectorFormat.Int8 });
        using var stop = new CancellationTokenSource();
        var searches = Enumerable.Range(0, 2).Select(t => Task.Run(() =>
        {
            var ids = new int[10];
            var scores = new float[10];
            for (var q = t; !stop.IsCancellationRequested; q++)
            {
                // Vectors 1,000 to 1,999 stay all the time; each must stay findable, with the score of its own vector.
                var row = 1_000 + (q % 1_000);
                Assert.Equal(10, index.Search(Data.Row(row), ids, scores, new SearchOptions { Effort = 80 }));
                Assert.Equal(row, ids[0]);
                Assert.Equal(0, scores[0]);
                Assert.Equal(10, ids.Distinct().Count());
                for (var i = 0; i < 10; i++)
                {
                    Assert.Equal(ClusteredVectors.Score(Data.Row(row), Data.Row(ids[i]), VectorMetric.L2), scores[i], 1e-2);
                }
            }
        })).ToArray();
        var changes = Enumerable.Range(0, 2).Select(t => Task.Run(() =>
        {
            for (var i = t; i < 1_000; i += 2)
            {
                index.Add(2_000 + i, Data.Row(2_000 + i));
                index.Remove(i);
                if (i % 250 == 0)
                {
                    index.Consolidate();
                }
            }
        })).ToArray();
        await Task.WhenAll(changes);
        await stop.CancelAsync();
        await Task.WhenAll(searches);
        Assert.Equal(2_000, index.Count);
        Assert.All(Enumerable.Range(1_000, 2_000), i => Assert.True(Finds(index, i, 120)));
    }

    [Fact]
    public void The_same_seed_on_one_thread_gives_the_same_graph()
    {
        var options = new HnswOptions { Threads = 1, Seed = 9, EfConstruction = 30, M = 6 };
        using var a = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, options);
        using var b = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, options);
        var (x, y) = (new int[20], new int[20]);
        for (var q = 0; q < 100; q++)
        {
            a.Search(Data.Query(q), x, new float[20], new SearchOptions { Effort = 20 });
            b.Search(Data.Query(q), y, new float[20], new SearchOptions { Effort = 20 });
            Assert.Equal(x, y);
        }
    }

    [Fact]
    public void What_is_wrong_with_the_input_is_said()
    {
        using var index = HnswIndex.Create(2, VectorMetric.L2);
        Assert.Contains("3 dimensions, the index 2", Assert.Throws<ArgumentException>(() => index.Add(0, [1, 2, 3])).Message);
        Assert.Contains("number 1 of the query is NaN", Assert.Throws<ArgumentException>(() => index.Search([1, float.NaN], new int[1], new float[1])).Message);
        Assert.Throws<ArgumentException>(() => index.Add(0, [1, float.PositiveInfinity]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Add(-1, [1, 2]));
        Assert.Throws<ArgumentException>(() => index.Search([1, 2], new int[2], new float[1]));
        Assert.Throws<ArgumentException>(() => HnswIndex.Build(new float[7], 2, VectorMetric.L2));
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => HnswIndex.Build(new[] { 1, 2, float.NaN, 3 }, 2, VectorMetric.L2)).Message);
        Assert.Throws<ArgumentException>(() => HnswIndex.Create(2, VectorMetric.L2, new() { Format = VectorFormat.Int8 }));
        var all = Assert.Throws<ArgumentException>(() => HnswIndex.Create(2, VectorMetric.L2, new() { M = 1, EfSearch = 0 })).Message;
        Assert.Contains("M is 1", all);
        Assert.Contains("EfSearch is 0", all);
    }

    [Fact]
    public void Building_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => HnswIndex.Build(Data.Rows, 24, VectorMetric.L2, cancellationToken: stop.Token));
    }

    private static bool Finds(HnswIndex index, int row, int effort)
    {
        var ids = new int[3];
        index.Search(Data.Row(row), ids, new float[3], new SearchOptions { Effort = effort });
        return ids[0] == row;
    }

    [Fact]
    public void A_vector_added_where_all_near_ones_were_removed_is_found()
    {
        var data = new ClusteredVectors(12_000, 16, 30, seed: 21);
        using var index = HnswIndex.Build(data.Rows, 16, VectorMetric.L2, new() { M = 8, EfConstruction = 50 });
        var near = data.Nearest(data.Query(0), VectorMetric.L2, 400);
        foreach (var id in near)
        {
            Assert.True(index.Remove(id));
        }

        var (ids, scores) = (new int[1], new float[1]);
        foreach (var id in near.Take(5))
        {
            index.Add(id, data.Row(id));
            index.Search(data.Row(id), ids, scores, new SearchOptions { Effort = 20 });
            Assert.Equal(id, ids[0]);
        }
    }

    [Fact]
    public void After_everything_was_removed_what_is_added_is_found()
    {
        using var index = HnswIndex.Build(Data.Rows.AsMemory(0, 900 * 24), 24, VectorMetric.L2);
        for (var i = 0; i < 900; i++)
        {
            index.Remove(i);
        }

        var (ids, scores) = (new int[1], new float[1]);
        for (var i = 1000; i < 4000; i++)
        {
            index.Add(i, Data.Row(i));
        }

        for (var i = 1000; i < 4000; i += 10)
        {
            index.Search(Data.Row(i), ids, scores, new SearchOptions { Effort = 50 });
            Assert.Equal(i, ids[0]);
        }
    }

    [Fact]
    public void A_search_may_ask_for_any_effort()
    {
        using var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2);
        Assert.Equal(1, Data.Recall(index, 10, int.MaxValue));
    }

    [Fact]
    public void A_disposed_index_says_so()
    {
        var index = HnswIndex.Build(Data.Rows, 24, VectorMetric.L2);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search(Data.Query(0), new int[1], new float[1]));
        Assert.Throws<ObjectDisposedException>(index.Consolidate);
    }
}
