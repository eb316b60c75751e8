using Siskin.Vectors.Exact;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Lsh;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Scan;

namespace Siskin.Vectors;

/// <summary>Opens and checks index files of whatever kind.</summary>
/// <remarks>Safe from any threads.</remarks>
public static class VectorIndexes
{
    private static readonly (string Kind, Func<string, IndexOpenOptions?, IVectorIndex> Open)[] Kinds =
    [
        ("exact", ExactIndex.Open),
        ("hnsw", HnswIndex.Open),
        ("lsh", LshIndex.Open),
        ("scan", ScanIndex.Open),
    ];

    /// <summary>Opens a saved index by the kind that its file names.</summary>
    /// <param name="path">The file; while it is open it may be replaced by a new one, but not be changed in place.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <returns>An index of the class that saved it. It can be changed; the file stays as it is.</returns>
    /// <exception cref="ModelFormatException">The file is damaged, or its kind or version is not read here.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IVectorIndex Open(string path, IndexOpenOptions? options = null)
    {
        var found = IndexFiles.Describe(path).Kind;
        foreach (var (kind, open) in Kinds)
        {
            if (kind == found)
            {
                return open(path, options);
            }
        }

        throw new ModelFormatException(path, -1, $"an index of kind '{found}' was found; {string.Join(", ", Kinds.Select(kind => kind.Kind))} can be opened");
    }

    /// <summary>Compares every byte of a file with its checksums, then checks what the index says of itself: counts, ids and links.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told after each block of 256 KiB, from this thread; may be null.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>What the file says about itself.</returns>
    /// <exception cref="ModelFormatException">Something is damaged, truncated, of a kind or version that is not read, or contradicts itself; the offset says where, when it is one place.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <remarks>Reads the file once, and some parts of it again. <see cref="IndexFiles.Verify"/> does without these, and takes files of any kind.</remarks>
    public static IndexFileSummary Verify(string path, IProgress<IndexVerificationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var summary = IndexFiles.Verify(path, progress, cancellationToken);
        using var index = Open(path, new() { Verification = IndexVerification.OnFirstUse });
        if (index is HnswIndex graph)
        {
            graph.EnsureChecked();
        }

        return summary;
    }
}
