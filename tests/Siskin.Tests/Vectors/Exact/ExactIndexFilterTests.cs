using Siskin.Vectors;
using Siskin.Vectors.Exact;

namespace Siskin.Tests.Vectors.Exact;

public sealed class ExactIndexFilterTests
{
    private const int Count = 6000;
    private static readonly ClusteredVectors Data = new(Count, 20, 40, seed: 5, normSpread: 0.3);

    [Theory]
    [InlineData(VectorMetric.L2, 1000)]
    [InlineData(VectorMetric.InnerProduct, 1000)]
    [InlineData(VectorMetric.Cosine, 1000)]
    [InlineData(VectorMetric.L2, 50)]
    [InlineData(VectorMetric.Cosine, 2)]
    public void A_filter_by_bitmap_finds_the_nearest_of_what_it_allows(VectorMetric metric, int oneIn)
    {
        var random = new Random(oneIn);
        var allowed = new ulong[(Count + 63) / 64];
        for (var i = 0; i < Count / oneIn; i++)
        {
            var id = random.Next(Count);
            allowed[id >> 6] |= 1UL << (id & 63);
        }

        bool Allows(int id) => ((allowed[id >> 6] >> (id & 63)) & 1) != 0;
        using var wrapped = new ExactIndex(Data.Rows, 20, metric);
        Assert.Equal(1, Data.Recall(wrapped, 10, 0, Allows, allowed));

        // The same with ids of their own, which a bitmap cannot run in step with.
        using var added = new ExactIndex(20, metric);
        for (var id = Count - 1; id >= 0; id--)
        {
            added.Add(id, Data.Row(id));
        }

        Assert.Equal(1, Data.Recall(added, 10, 0, Allows, allowed));
    }

    [Fact]
    public void Bitmap_and_predicate_must_both_allow()
    {
        using var index = new ExactIndex(Data.Rows, 20);
        ulong[] allowed = [0b1111_0000];
        var (ids, scores) = (new int[5], new float[5]);
        Assert.Equal(2, index.Search(Data.Query(0), ids, scores, new SearchOptions { Allowed = allowed, Predicate = id => id % 2 == 0 }));
        Assert.Equal([4, 6], ids[..2].Order());
        Assert.Equal([-1, -1, -1], ids[2..]);
        Assert.Equal(0, index.Search(Data.Query(0), ids, scores, new SearchOptions { Predicate = _ => false }));
    }

    [Fact]
    public void Ties_go_to_the_lower_id_in_whatever_order_the_vectors_came()
    {
        using var index = new ExactIndex(2, VectorMetric.L2);
        foreach (var id in new[] { 90, 3, 50, 7, 12, 40 })
        {
            index.Add(id, [1, 1]);
        }

        index.Add(3, [5, 5]);
        var (ids, scores) = (new int[3], new float[3]);
        Assert.Equal(3, index.Search([1, 1], ids, scores));
        Assert.Equal([7, 12, 40], ids);
        var (many, manyScores) = (new int[24], new float[24]);
        index.SearchMany(Enumerable.Repeat(1f, 16).ToArray(), 3, many, manyScores);
        for (var query = 0; query < 8; query++)
        {
            Assert.Equal([7, 12, 40], many[(query * 3)..((query * 3) + 3)]);
        }
    }
}
