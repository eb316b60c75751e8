namespace Siskin.Vectors.Scan;

/// <summary>How the rows of a list lie in memory, and how they are scanned for a prepared query.</summary>
/// <remarks>Immutable and safe for concurrent use; one thread at a time may append to a list while others scan the rows before.</remarks>
internal abstract unsafe class ListCodec
{
    /// <summary>Bytes of a prepared query; its memory is aligned to 64.</summary>
    public abstract int QueryBytes { get; }

    /// <summary>Whether rows hold the difference from their list's centroid.</summary>
    public abstract bool IsResidual { get; }

    /// <summary>Bytes of so many rows.</summary>
    public abstract long Bytes(int rows);

    /// <summary>Writes a row.</summary>
    /// <param name="codes">The list's rows.</param>
    /// <param name="row">Which.</param>
    /// <param name="vector">Length d.</param>
    /// <param name="centroid">Length d: the list's centroid.</param>
    public abstract void Write(byte* codes, int row, ReadOnlySpan<float> vector, ReadOnlySpan<float> centroid);

    /// <summary>Makes a query ready.</summary>
    /// <param name="query">Length d.</param>
    /// <param name="prepared">Output, <see cref="QueryBytes"/> long.</param>
    public abstract void Prepare(ReadOnlySpan<float> query, byte* prepared);

    /// <summary>Scores the rows of a list.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="codes">The list's rows.</param>
    /// <param name="ids">Their ids.</param>
    /// <param name="count">How many.</param>
    /// <param name="centroidScore">The centroid's own score, which a residual row's adds to; see <see cref="FastScanCodec"/>.</param>
    /// <param name="candidates">Receives the best.</param>
    public abstract void Scan(byte* query, byte* codes, int* ids, int count, float centroidScore, ref Candidates candidates);

    /// <summary>What was learned, for the file.</summary>
    public abstract byte[] ToBytes();
}
