using Siskin.Vectors;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Quantization;

namespace Siskin.Tests.Vectors.Quantization;

public sealed unsafe class ProductQuantizerTests
{
    [Fact]
    public void Centroids_find_separate_clusters_and_do_not_depend_on_threads()
    {
        var random = new Random(1);
        var rows = new float[300 * 2];
        for (var i = 0; i < 300; i++)
        {
            rows[2 * i] = (100 * (i % 3)) + random.NextSingle();
            rows[(2 * i) + 1] = random.NextSingle();
        }

        var one = KMeans.Train(rows, 2, 3, 20, 5, threads: 1);
        Assert.Equal(one, KMeans.Train(rows, 2, 3, 20, 5, threads: 2));
        Assert.Equal([0, 100, 200], Enumerable.Range(0, 3).Select(c => (int)one[2 * c]).Order());
    }

    [Fact]
    public void Clusters_that_run_empty_are_filled_again()
    {
        // Most first centroids are equal, and all but one of them lose every row.
        var rows = new float[1000];
        for (var i = 0; i < 100; i++)
        {
            rows[i] = 1 + i;
        }

        var centroids = KMeans.Train(rows, 1, 8, 40, 1);
        var nearest = new int[1000];
        KMeans.Assign(rows, 1, centroids, nearest);
        Assert.True(nearest.Distinct().Count() >= 7);
    }

    [Fact]
    public void More_centroids_than_rows_repeat_rows()
    {
        float[] rows = [1, 2, 3, 4];
        var centroids = KMeans.Train(rows, 2, 5, 3, 1);
        Assert.Equal(10, centroids.Length);
        var nearest = new int[2];
        KMeans.Assign(rows, 2, centroids, nearest);
        Assert.NotEqual(nearest[0], nearest[1]);
        Assert.Throws<ArgumentException>(() => KMeans.Train(ReadOnlyMemory<float>.Empty, 2, 5, 3, 1));
    }

    [Theory]
    [InlineData(VectorMetric.L2, 10)]
    [InlineData(VectorMetric.InnerProduct, 16)]
    public void Table_sums_are_the_scores_of_the_decoded_vectors(VectorMetric metric, int d)
    {
        var data = new ClusteredVectors(600, d, 20, 4);
        var trained = RowCodecs.Train(VectorFormat.ProductQuantized, metric, d, data.Rows);
        var codec = RowCodecs.Load(VectorFormat.ProductQuantized, metric, d, trained.ToBytes());
        Assert.Equal((d + 3) / 4, codec.RowBytes);
        var query = new byte[codec.QueryBytes];
        var row = new byte[codec.RowBytes];
        var back = new float[d];
        codec.Prepare(data.Query(0), query);
        var (error, size) = (0f, 0f);
        for (var i = 0; i < data.Count; i++)
        {
            codec.Encode(data.Row(i), row);
            codec.Decode(row, back);
            error += VectorMath.SquaredL2(data.Row(i), back);
            size += VectorMath.Dot(data.Row(i), data.Row(i));
            var expected = metric == VectorMetric.L2 ? -VectorMath.SquaredL2(data.Query(0), back) : VectorMath.Dot(data.Query(0), back);
            fixed (byte* q = query, r = row)
            {
                Assert.Equal(expected, PqScorer.Create(q, codec).Score(r), 1e-3f);
            }
        }

        Assert.True(error < 0.1f * size);
    }

    [Fact]
    public void Bytes_of_another_form_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ProductQuantizer.FromBytes(4, 256, new byte[12]));
        Assert.Throws<ArgumentException>(() => ProductQuantizer.FromBytes(4, 16, new byte[4 * 65]));
    }
}
