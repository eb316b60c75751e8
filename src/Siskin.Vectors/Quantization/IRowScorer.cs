namespace Siskin.Vectors.Quantization;

/// <summary>Compares one prepared query with rows; a struct, so that each use compiles to straight code.</summary>
/// <remarks>Larger is nearer: the inner product (cosine of normalised vectors), or the squared distance with its sign turned, up to what the format loses.</remarks>
internal unsafe interface IRowScorer<TSelf>
    where TSelf : struct, IRowScorer<TSelf>
{
    /// <summary>Makes the scorer of a prepared query.</summary>
    /// <param name="query">What <see cref="RowCodec.Prepare"/> wrote; it must outlive the scorer.</param>
    /// <param name="codec">The codec that wrote it, and the rows.</param>
    static abstract TSelf Create(byte* query, RowCodec codec);

    /// <summary>Scores one row.</summary>
    /// <param name="row">Start of the row.</param>
    float Score(byte* row);

    /// <summary>Scores four rows; each score is bit for bit what <see cref="Score(byte*)"/> gives.</summary>
    /// <param name="r0">First row.</param>
    /// <param name="r1">Second row.</param>
    /// <param name="r2">Third row.</param>
    /// <param name="r3">Fourth row.</param>
    /// <param name="scores">Output, four scores.</param>
    void Score4(byte* r0, byte* r1, byte* r2, byte* r3, float* scores);
}
