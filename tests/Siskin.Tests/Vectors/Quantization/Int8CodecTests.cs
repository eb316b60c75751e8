using Siskin.Vectors;
using Siskin.Vectors.Memory;
using Siskin.Vectors.Quantization;

namespace Siskin.Tests.Vectors.Quantization;

public sealed unsafe class Int8CodecTests
{
    public static TheoryData<VectorFormat, VectorMetric, int> Cases
    {
        get
        {
            var cases = new TheoryData<VectorFormat, VectorMetric, int>();
            foreach (var d in new[] { 1, 3, 31, 32, 33, 64, 100, 192 })
            {
                cases.Add(VectorFormat.Int8, VectorMetric.InnerProduct, d);
                cases.Add(VectorFormat.Int8, VectorMetric.L2, d);
                cases.Add(VectorFormat.Int8Symmetric, VectorMetric.InnerProduct, d);
                cases.Add(VectorFormat.Int8Symmetric, VectorMetric.L2, d);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_are_near_those_of_the_vectors(VectorFormat format, VectorMetric metric, int d)
    {
        var data = new ClusteredVectors(50, d, 4, seed: d);
        var codec = RowCodecs.Train(format, metric, d, data.Rows);
        var scores = Scores(codec, data);
        for (var i = 0; i < 50; i++)
        {
            // Rounding of a code and of a weight are each at most half a step.
            var scale = Math.Sqrt(Norm(data.Query(0)) * Norm(data.Row(i)));
            Assert.Equal(ClusteredVectors.Score(data.Query(0), data.Row(i), metric), scores[i], 0.06 * (scale + 1));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Four_rows_at_once_score_as_one_by_one(VectorFormat format, VectorMetric metric, int d)
    {
        var data = new ClusteredVectors(4, d, 4, seed: d);
        var codec = RowCodecs.Train(format, metric, d, data.Rows);
        Assert.Equal(Scores(codec, data), ScoresOfFour(codec, data));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_codec_made_from_its_bytes_writes_the_same_rows(VectorFormat format, VectorMetric metric, int d)
    {
        var data = new ClusteredVectors(10, d, 4, seed: d);
        var codec = RowCodecs.Train(format, metric, d, data.Rows);
        var again = RowCodecs.Load(format, metric, d, codec.ToBytes());
        var (x, y) = (new byte[codec.RowBytes], new byte[again.RowBytes]);
        codec.Encode(data.Row(7), x);
        again.Encode(data.Row(7), y);
        Assert.Equal(x, y);
    }

    [Fact]
    public void Constant_and_zero_dimensions_survive()
    {
        float[] rows = [0, 5, -3, 0, 5, 4];
        var codec = RowCodecs.Train(VectorFormat.Int8, VectorMetric.L2, 3, rows);
        var row = new byte[codec.RowBytes];
        var vector = new float[3];
        codec.Encode([0, 5, 4], row);
        codec.Decode(row, vector);
        Assert.Equal([0f, 5], vector[..2]);
        Assert.Equal(4, vector[2], 1e-5);

        var symmetric = RowCodecs.Train(VectorFormat.Int8Symmetric, VectorMetric.L2, 3, []);
        row = new byte[symmetric.RowBytes];
        symmetric.Encode([0, 0, 0], row);
        symmetric.Decode(row, vector);
        Assert.Equal([0f, 0, 0], vector);
    }

    [Fact]
    public void Values_outside_of_what_was_learned_are_clipped()
    {
        var codec = RowCodecs.Train(VectorFormat.Int8, VectorMetric.L2, 1, new float[] { -1, 1 });
        var row = new byte[codec.RowBytes];
        var vector = new float[1];
        codec.Encode([100], row);
        codec.Decode(row, vector);
        Assert.Equal(1, vector[0], 1e-5);
    }

    [Fact]
    public void Distances_far_from_zero_are_as_fine_as_near_it()
    {
        const int D = 32;
        var random = new Random(3);
        var rows = new float[200 * D];
        foreach (ref var x in rows.AsSpan())
        {
            x = random.NextSingle();
        }

        var near = Distances(rows, D);
        for (var i = 0; i < rows.Length; i += D)
        {
            rows[i] += 10_000;
            rows[i + 1] -= 3_000;
        }

        var far = Distances(rows, D);
        for (var i = 0; i < near.Length; i++)
        {
            Assert.Equal(near[i], far[i], 0.05);
        }

        static float[] Distances(float[] rows, int d)
        {
            var codec = RowCodecs.Train(VectorFormat.Int8, VectorMetric.L2, d, rows);
            using var query = new NativeBlock(codec.QueryBytes);
            using var row = new NativeBlock(codec.RowBytes);
            codec.Prepare(rows.AsSpan(0, d), new Span<byte>(query.Pointer, codec.QueryBytes));
            var scores = new float[rows.Length / d];
            for (var i = 0; i < scores.Length; i++)
            {
                codec.Encode(rows.AsSpan(i * d, d), new Span<byte>(row.Pointer, codec.RowBytes));
                scores[i] = Int8Scorer<Int8Tails.L2>.Create(query.Pointer, codec).Score(row.Pointer);
            }

            return scores;
        }
    }

    [Fact]
    public void Bytes_of_another_codec_are_refused() =>
        Assert.Throws<ArgumentException>(() => RowCodecs.Load(VectorFormat.Int8, VectorMetric.L2, 3, new byte[20]));

    private static float[] Scores(RowCodec codec, ClusteredVectors data)
    {
        using var memory = Encode(codec, data, out var query);
        var scores = new float[data.Count];
        for (var i = 0; i < data.Count; i++)
        {
            var row = memory.Pointer + ((long)i * codec.RowBytes);
            scores[i] = (codec.Format, codec.Metric) switch
            {
                (VectorFormat.Int8, VectorMetric.L2) => Int8Scorer<Int8Tails.L2>.Create(query.Pointer, codec).Score(row),
                (VectorFormat.Int8, _) => Int8Scorer<Int8Tails.Dot>.Create(query.Pointer, codec).Score(row),
                (_, VectorMetric.L2) => Int8Scorer<Int8Tails.SymmetricL2>.Create(query.Pointer, codec).Score(row),
                _ => Int8Scorer<Int8Tails.SymmetricDot>.Create(query.Pointer, codec).Score(row),
            };
        }

        query.Dispose();
        return scores;
    }

    private static float[] ScoresOfFour(RowCodec codec, ClusteredVectors data)
    {
        using var memory = Encode(codec, data, out var query);
        var scores = new float[4];
        var r0 = memory.Pointer;
        var r1 = r0 + codec.RowBytes;
        var r2 = r1 + codec.RowBytes;
        var r3 = r2 + codec.RowBytes;
        fixed (float* s = scores)
        {
            switch (codec.Format, codec.Metric)
            {
                case (VectorFormat.Int8, VectorMetric.L2):
                    Int8Scorer<Int8Tails.L2>.Create(query.Pointer, codec).Score4(r0, r1, r2, r3, s);
                    break;
                case (VectorFormat.Int8, _):
                    Int8Scorer<Int8Tails.Dot>.Create(query.Pointer, codec).Score4(r0, r1, r2, r3, s);
                    break;
                case (_, VectorMetric.L2):
                    Int8Scorer<Int8Tails.SymmetricL2>.Create(query.Pointer, codec).Score4(r0, r1, r2, r3, s);
                    break;
                default:
                    Int8Scorer<Int8Tails.SymmetricDot>.Create(query.Pointer, codec).Score4(r0, r1, r2, r3, s);
                    break;
            }
        }

        query.Dispose();
        return scores;
    }

    private static NativeBlock Encode(RowCodec codec, ClusteredVectors data, out NativeBlock query)
    {
        var memory = new NativeBlock((long)data.Count * codec.RowBytes);
        for (var i = 0; i < data.Count; i++)
        {
            codec.Encode(data.Row(i), new Span<byte>(memory.Pointer + ((long)i * codec.RowBytes), codec.RowBytes));
        }

        query = new NativeBlock(codec.QueryBytes);
        codec.Prepare(data.Query(0), new Span<byte>(query.Pointer, codec.QueryBytes));
        return memory;
    }

    private static double Norm(ReadOnlySpan<float> x) => ClusteredVectors.Score(x, x, VectorMetric.InnerProduct);
}
