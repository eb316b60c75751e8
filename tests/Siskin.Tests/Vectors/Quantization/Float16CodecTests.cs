using Siskin.Vectors;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Kernels;
using Siskin.Vectors.Quantization;

namespace Siskin.Tests.Vectors.Quantization;

public sealed unsafe class Float16CodecTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(64)]
    public void Rows_lose_no_more_than_half_precision_does(int d)
    {
        var data = new ClusteredVectors(50, d, 5, 1);
        var codec = RowCodecs.Train(VectorFormat.Float16, VectorMetric.L2, d, []);
        var row = new byte[codec.RowBytes];
        var back = new float[d];
        for (var i = 0; i < data.Count; i++)
        {
            codec.Encode(data.Row(i), row);
            codec.Decode(row, back);
            for (var j = 0; j < d; j++)
            {
                Assert.InRange(Math.Abs(back[j] - data.Row(i)[j]), 0, (Math.Abs(data.Row(i)[j]) / 2048) + 3e-8f);
            }
        }
    }

    [Fact]
    public void Numbers_beyond_the_range_become_the_largest_and_not_infinite()
    {
        var codec = RowCodecs.Train(VectorFormat.Float16, VectorMetric.L2, 2, []);
        var row = new byte[codec.RowBytes];
        var back = new float[2];
        codec.Encode([1e9f, -1e9f], row);
        codec.Decode(row, back);
        Assert.Equal([65504f, -65504f], back);
    }

    [Theory]
    [InlineData(VectorMetric.L2)]
    [InlineData(VectorMetric.InnerProduct)]
    public void Scores_are_those_of_the_decoded_vector(VectorMetric metric)
    {
        const int D = 50;
        var data = new ClusteredVectors(20, D, 5, 2);
        var codec = RowCodecs.Train(VectorFormat.Float16, metric, D, []);
        var rows = new byte[4 * codec.RowBytes];
        var query = new byte[codec.QueryBytes];
        var back = new float[D];
        for (var i = 0; i < 4; i++)
        {
            codec.Encode(data.Row(i), rows.AsSpan(i * codec.RowBytes, codec.RowBytes));
        }

        codec.Prepare(data.Query(0), query);
        var four = stackalloc float[4];
        fixed (byte* q = query, r = rows)
        {
            var stride = codec.RowBytes;
            if (metric == VectorMetric.L2)
            {
                Float16L2Scorer.Create(q, codec).Score4(r, r + stride, r + (2 * stride), r + (3 * stride), four);
            }
            else
            {
                Float16DotScorer.Create(q, codec).Score4(r, r + stride, r + (2 * stride), r + (3 * stride), four);
            }

            for (var i = 0; i < 4; i++)
            {
                codec.Decode(rows.AsSpan(i * stride, stride), back);
                var expected = metric == VectorMetric.L2 ? -VectorMath.SquaredL2(data.Query(0), back) : VectorMath.Dot(data.Query(0), back);
                Assert.Equal(expected, four[i], 1e-3f);
            }
        }
    }

    [Theory]
    [InlineData(VectorFormat.Float16)]
    [InlineData(VectorFormat.ProductQuantized)]
    public void A_graph_is_walked_and_reopened_with_compressed_rows(VectorFormat format)
    {
        var data = new ClusteredVectors(1500, 24, 20, 3);
        foreach (var metric in Enum.GetValues<VectorMetric>())
        {
            using var index = HnswIndex.Build(data.Rows, 24, metric, new() { Format = format, EfConstruction = 60, RescoreExtra = 30, Threads = 1 });
            Assert.True(data.Recall(index, 10, 150) > 0.9);
            var path = Path.Combine(Path.GetTempPath(), $"siskin-{Guid.NewGuid():N}");
            index.Save(path);
            using (var opened = HnswIndex.Open(path))
            {
                Assert.Equal(data.Recall(index, 10, 100), data.Recall(opened, 10, 100));
            }

            File.Delete(path);
        }
    }
}
