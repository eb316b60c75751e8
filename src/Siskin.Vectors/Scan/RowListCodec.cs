using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Scan;

/// <summary>Makes the codec of lists whose rows follow each other.</summary>
internal static class RowListCodec
{
    /// <summary>The lists of a row format.</summary>
    public static ListCodec Create(RowCodec codec) => (codec.Format, codec.Metric == VectorMetric.L2) switch
    {
        (VectorFormat.Float32, false) => new RowListCodec<Float32DotScorer>(codec),
        (VectorFormat.Float32, true) => new RowListCodec<Float32L2Scorer>(codec),
        (VectorFormat.Float16, false) => new RowListCodec<Float16DotScorer>(codec),
        (VectorFormat.Float16, true) => new RowListCodec<Float16L2Scorer>(codec),
        (VectorFormat.Int8, false) => new RowListCodec<Int8Scorer<Int8Tails.Dot>>(codec),
        (VectorFormat.Int8, true) => new RowListCodec<Int8Scorer<Int8Tails.L2>>(codec),
        (VectorFormat.Int8Symmetric, false) => new RowListCodec<Int8Scorer<Int8Tails.SymmetricDot>>(codec),
        (VectorFormat.Int8Symmetric, true) => new RowListCodec<Int8Scorer<Int8Tails.SymmetricL2>>(codec),
        _ => throw new NotSupportedException($"lists have no rows of format {codec.Format}"),
    };
}

/// <summary>Rows of a <see cref="RowCodec"/>, one after the other.</summary>
internal sealed unsafe class RowListCodec<TScorer>(RowCodec codec) : ListCodec
    where TScorer : struct, IRowScorer<TScorer>
{
    private readonly int _stride = codec.RowBytes;

    public override int QueryBytes => codec.QueryBytes;

    public override bool IsResidual => false;

    public override long Bytes(int rows) => (long)rows * _stride;

    public override void Write(byte* codes, int row, ReadOnlySpan<float> vector, ReadOnlySpan<float> centroid) =>
        codec.Encode(vector, new Span<byte>(codes + ((nint)row * _stride), _stride));

    public override void Prepare(ReadOnlySpan<float> query, byte* prepared) =>
        codec.Prepare(query, new Span<byte>(prepared, codec.QueryBytes));

    public override void Scan(byte* query, byte* codes, int* ids, int count, float centroidScore, ref Candidates candidates)
    {
        var scorer = TScorer.Create(query, codec);
        var scores = stackalloc float[4];
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            var row = codes + ((nint)i * _stride);
            scorer.Score4(row, row + _stride, row + (2 * _stride), row + (3 * _stride), scores);
            candidates.Offer(ids, i, scores[0]);
            candidates.Offer(ids, i + 1, scores[1]);
            candidates.Offer(ids, i + 2, scores[2]);
            candidates.Offer(ids, i + 3, scores[3]);
        }

        for (; i < count; i++)
        {
            candidates.Offer(ids, i, scorer.Score(codes + ((nint)i * _stride)));
        }
    }

    public override byte[] ToBytes() => codec.ToBytes();
}
