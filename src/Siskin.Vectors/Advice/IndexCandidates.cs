using Siskin.Vectors.Quantization;

namespace Siskin.Vectors.Advice;

/// <summary>The indexes that may be recommended.</summary>
internal static class IndexCandidates
{
    /// <summary>All of them; those that are good most often come first, because time may run out.</summary>
    public static IReadOnlyList<IndexCandidate> All { get; } =
    [
        new ExactCandidate(),
        new HnswCandidate(16, VectorFormat.Float32),
        new HnswCandidate(16, VectorFormat.Int8),
        new HnswCandidate(16, VectorFormat.Int8, HnswOriginals.File),
        new HnswCandidate(16, VectorFormat.Int8, HnswOriginals.Memory),
        new ScanCandidate(VectorFormat.ProductQuantized),
        new HnswCandidate(16, VectorFormat.Float16),
        new LshCandidate(),
        new HnswCandidate(8, VectorFormat.Int8),
        new HnswCandidate(32, VectorFormat.Float32),
        new HnswCandidate(32, VectorFormat.Float16),
        new HnswCandidate(32, VectorFormat.Int8),
        new HnswCandidate(32, VectorFormat.Int8, HnswOriginals.File),
        new HnswCandidate(32, VectorFormat.Int8, HnswOriginals.Memory),
        new ScanCandidate(VectorFormat.Int8),
        new HnswCandidate(8, VectorFormat.Float32),
        new HnswCandidate(8, VectorFormat.Int8, HnswOriginals.File),
    ];
}
