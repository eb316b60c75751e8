using Siskin.Vectors;
using Siskin.Vectors.Exact;

namespace Siskin.Tests.Vectors.Exact;

public sealed class ExactIndexChangesTests
{
    private static readonly ClusteredVectors Data = new(3_000, 20, 30, seed: 12, normSpread: 0.3);

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.InnerProduct)]
    [InlineData(VectorMetric.Cosine)]
    public void After_adds_replacements_and_removals_the_nearest_are_the_true_ones(VectorMetric metric)
    {
        using var index = new ExactIndex(Data.Rows.AsMemory(0, 1000 * 20), 20, metric);
        for (var i = 1000; i < 3000; i++)
        {
            index.Add(i, Data.Row(i));
        }

        for (var i = 0; i < 3000; i += 3)
        {
            // To another vector and back.
            index.Add(i, Data.Query(i % 100));
            index.Add(i, Data.Row(i));
        }

        for (var i = 0; i < 3000; i += 2)
        {
            Assert.True(index.Remove(i));
            Assert.False(index.Remove(i));
        }

        Assert.Equal(1500, index.Count);
        Assert.Equal(1, Data.Recall(index, 10, 0, id => id % 2 == 1));
        Assert.Equal(1, Data.Recall(index, 10, 0, id => id % 1000 == 1));
        Assert.False(index.Remove(5000));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Add(-1, Data.Row(0)));
    }

    [Theory]
    [InlineData(VectorMetric.L2, 1)]
    [InlineData(VectorMetric.InnerProduct, 2)]
    [InlineData(VectorMetric.Cosine, 3)]
    public void Batched_searches_give_exactly_what_single_ones_do(VectorMetric metric, int threads)
    {
        using var index = new ExactIndex(Data.Rows, 20, metric);
        for (var i = 0; i < 3000; i += 7)
        {
            index.Remove(i);
        }

        index.Add(4000, Data.Row(70));
        index.Add(4001, Data.Row(71));
        var (ids, scores) = (new int[100 * 12], new float[100 * 12]);
        index.SearchMany(Data.Queries, 12, ids, scores, threads);
        var (id, score) = (new int[12], new float[12]);
        for (var q = 0; q < 100; q++)
        {
            index.Search(Data.Query(q), id, score);
            Assert.Equal(id, ids[(q * 12)..((q * 12) + 12)]);
            Assert.Equal(score, scores[(q * 12)..((q * 12) + 12)]);
        }
    }

    [Fact]
    public async Task Searches_beside_changes_see_every_vector_once()
    {
        using var index = new ExactIndex(20, VectorMetric.L2);
        for (var i = 0; i < 500; i++)
        {
            index.Add(i, Data.Row(i));
        }

        using var stop = new CancellationTokenSource();
        var changes = Task.Run(() =>
        {
            // Ids below 500 are replaced again and again, the others come and go.
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                index.Add(i % 500, Data.Row(i % 500));
                index.Add(500 + (i % 2500), Data.Row(500 + (i % 2500)));
                index.Remove(500 + ((i + 1250) % 2500));
            }
        });
        var (ids, scores) = (new int[5], new float[5]);
        for (var i = 0; i < 20_000; i++)
        {
            Assert.Equal(5, index.Search(Data.Row(i % 500), ids, scores));
            Assert.Equal(i % 500, ids[0]);
            Assert.Equal(5, ids.Distinct().Count());
        }

        await stop.CancelAsync();
        await changes;
    }

    [Fact]
    public void Room_of_removed_vectors_is_used_again()
    {
        using var index = new ExactIndex(20, VectorMetric.L2);
        for (var i = 0; i < 100_000; i++)
        {
            index.Add(i % 1000, Data.Row(i % 3000));
        }

        Assert.Equal(1000, index.Count);
        Assert.InRange(index.Memory.Vectors, 1000 * 80, 10_000_000);
    }
}
