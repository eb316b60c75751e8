using Siskin.Vectors;
using Siskin.Vectors.Exact;
using Siskin.Vectors.Hnsw;
using Siskin.Vectors.Persistence;
using Siskin.Vectors.Quantization;

namespace Siskin.Serving.Releases;

/// <summary>Decides which kind of index serves how many vectors: the one place that does.</summary>
internal static class IndexChoice
{
    /// <summary>
    /// From this many rows on a graph is walked instead of comparing all: below, a scan takes a fraction of a
    /// millisecond, finds the true nearest, and needs no file, since it runs over the release's own arrays.
    /// </summary>
    public const int GraphRows = 20_000;

    /// <summary>Whether so many rows get a graph, and with it a file of their own.</summary>
    public static bool IsGraph(int rows, int graphRows = GraphRows) => rows >= graphRows;

    /// <summary>Makes an index that is worth a file: a graph walked with bytes, the best scored again with whole vectors.</summary>
    /// <param name="rows">Row-major, n × d.</param>
    /// <param name="ids">Length n.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="metric">How nearness is measured.</param>
    public static IVectorIndex BuildGraph(ReadOnlyMemory<float> rows, int[] ids, int dimensions, VectorMetric metric) =>
        HnswIndex.Build(rows, dimensions, metric, new() { Format = VectorFormat.Int8 }, ids: ids);

    /// <summary>Opens what <see cref="BuildGraph"/> made and <see cref="IVectorIndex.Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is not what was written.</exception>
    public static IVectorIndex OpenGraph(string path)
    {
        if (!LoadingThread.IsCurrent)
        {
            return HnswIndex.Open(path);
        }

        // All of it is compared here, or the first requests to touch a part would have to.
        var index = HnswIndex.Open(path, new IndexOpenOptions { Verification = IndexVerification.OnFirstUse });
        try
        {
            index.EnsureChecked();
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Compares with every row, where they lie.</summary>
    /// <param name="rows">Row-major, n × d; must not change.</param>
    /// <param name="ids">Length n; the places of the rows when null.</param>
    /// <param name="dimensions">d.</param>
    /// <param name="metric">How nearness is measured.</param>
    public static IVectorIndex Scan(ReadOnlyMemory<float> rows, int[]? ids, int dimensions, VectorMetric metric) =>
        new ExactIndex(rows, dimensions, metric, ids);

    /// <summary>An empty index for what is posted after a release.</summary>
    public static IVectorIndex Growable(int dimensions, VectorMetric metric) => new ExactIndex(dimensions, metric);

    /// <summary>Whether an index is written into a file of its own.</summary>
    public static bool IsStored(IVectorIndex index) => index is HnswIndex;

    /// <summary>One word for the kind of an index.</summary>
    public static string NameOf(IVectorIndex index) => index is ExactIndex ? "exact" : "hnsw";
}
