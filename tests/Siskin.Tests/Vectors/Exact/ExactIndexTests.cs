using Siskin.Vectors;
using Siskin.Vectors.Exact;

namespace Siskin.Tests.Vectors.Exact;

public sealed class ExactIndexTests
{
    // Rows: (1,0) (0,2) (3,3) (0,0)
    private static readonly float[] Rows = [1, 0, 0, 2, 3, 3, 0, 0];

    [Theory]
    [InlineData(VectorMetric.InnerProduct, new[] { 2, 0, 1, 3 }, new[] { 6f, 2, 0, 0 })]
    [InlineData(VectorMetric.Cosine, new[] { 0, 2, 1, 3 }, new[] { 1f, 0.70710677f, 0, 0 })]
    [InlineData(VectorMetric.L2, new[] { 0, 3, 1, 2 }, new[] { -1f, -4, -8, -10 })]
    public void Search_orders_by_the_metric_and_ties_by_row(VectorMetric metric, int[] expected, float[] scores)
    {
        var (ids, found) = (new int[4], new float[4]);
        Assert.Equal(4, new ExactIndex(Rows, 2, metric).Search([2, 0], ids, found));
        Assert.Equal(expected, ids);
        Assert.Equal(scores, found, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Search_with_fewer_than_k_items_pads_with_minus_one()
    {
        var (ids, scores) = (new int[6], new float[6]);
        Assert.Equal(4, new ExactIndex(Rows, 2).Search([1, 1], ids, scores));
        Assert.Equal([2, 1, 0, 3, -1, -1], ids);
    }

    [Fact]
    public void Only_allowed_rows_are_found_and_rows_behind_the_bitmap_are_not()
    {
        var rows = new float[1000];
        Array.Fill(rows, 1);
        var allowed = new ulong[12];
        allowed[0] = 1 << 5;
        allowed[11] = 1;
        var (ids, scores) = (new int[4], new float[4]);
        Assert.Equal(2, new ExactIndex(rows, 1).Search([1], ids, scores, allowed));
        Assert.Equal([5, 704, -1, -1], ids);
    }

    [Fact]
    public void Search_over_many_blocks_equals_a_plain_search()
    {
        var random = new Random(2);
        var rows = new float[700 * 24];
        foreach (ref var value in rows.AsSpan())
        {
            value = random.NextSingle() - 0.5f;
        }

        var query = rows.AsSpan(24 * 400, 24).ToArray();
        var expected = Enumerable.Range(0, 700)
            .OrderBy(r => Enumerable.Range(0, 24).Sum(i => Math.Pow(query[i] - (double)rows[(r * 24) + i], 2)))
            .Take(10);
        var (ids, scores) = (new int[10], new float[10]);
        new ExactIndex(rows, 24, VectorMetric.L2).Search(query, ids, scores);
        Assert.Equal(expected, ids);
        Assert.Equal(400, ids[0]);
        Assert.Equal(0, scores[0]);
    }

    [Fact]
    public void Wrong_dimensions_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ExactIndex(Rows, 3));
        Assert.Throws<ArgumentException>(() => new ExactIndex(Rows, 2).Search(new float[3], new int[1], new float[1]));
        Assert.Throws<ArgumentException>(() => new ExactIndex(Rows, 2).Search(new float[2], new int[1], new float[2]));
    }
}
