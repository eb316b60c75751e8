using Siskin.Data.Catalogue;
using Siskin.Models.Factorization;
using Siskin.Vectors;

namespace Siskin.Serving.Releases;

/// <summary>The vector indexes of a release: over what was learned of its items, and over the vectors posted with them.</summary>
/// <remarks>
/// Ids are the release's item rows. Safe for concurrent searches. Nobody adds to an index of a release or takes out of it,
/// because several snapshots may search it at once; what changed since is each snapshot's own. It is not disposed by hand
/// either: requests may be searching it while its release is replaced, so its file is let go with the last of them, by
/// the garbage collector.
/// </remarks>
public sealed class ReleaseIndexes
{
    private ReleaseIndexes(IVectorIndex? learned, IVectorIndex? content) => (Learned, Content) = (learned, content);

    /// <summary>Item vectors of the factorisation by inner product; null when nothing could be trained.</summary>
    public IVectorIndex? Learned { get; }

    /// <summary>Posted vectors by cosine; null when the schema declares none or no item has one that is not zero.</summary>
    public IVectorIndex? Content { get; }

    /// <summary>Builds the indexes of a new release: a graph where there are many vectors, else a scan.</summary>
    /// <param name="factors">User and item vectors, if there are any.</param>
    /// <param name="items">The items, by row.</param>
    /// <param name="schema">Says how long posted vectors are.</param>
    /// <remarks>Uses all cores. A graph takes seconds for 100,000 rows and is not the same twice: threads race for places in it.</remarks>
    public static ReleaseIndexes Build(ImplicitAlsModel? factors, IReadOnlyList<Item> items, CatalogueSchema schema) =>
        Build(factors, items, schema, IndexChoice.GraphRows);

    /// <summary>The same, with graphs from a number of rows on.</summary>
    internal static ReleaseIndexes Build(ImplicitAlsModel? factors, IReadOnlyList<Item> items, CatalogueSchema schema, int graphRows)
    {
        IVectorIndex? learned = null;
        if (factors is not null)
        {
            learned = IndexChoice.IsGraph(factors.ItemCount, graphRows) ? LearnedGraph(factors, graphRows) : LearnedScan(factors);
        }

        return new ReleaseIndexes(learned, MakeContent(items, schema, graphRows));
    }

    /// <summary>Compares with every vector: for releases that have no index files.</summary>
    internal static ReleaseIndexes Scan(ImplicitAlsModel? factors, IReadOnlyList<Item> items, CatalogueSchema schema) =>
        Build(factors, items, schema, int.MaxValue);

    /// <summary>Writes what is worth a file.</summary>
    internal void Write(string directory)
    {
        foreach (var (index, name) in new[] { (Learned, ReleaseFiles.LearnedIndex), (Content, ReleaseFiles.ContentIndex) })
        {
            if (index is not null && IndexChoice.IsStored(index))
            {
                index.Save(Path.Combine(directory, name));
            }
        }
    }

    /// <summary>Opens what was written, and scans the rest.</summary>
    /// <param name="learnedPath">File of the index over item vectors; null when the release has none.</param>
    /// <param name="contentPath">File of the index over posted vectors; null when the release has none.</param>
    /// <param name="factors">User and item vectors, if there are any.</param>
    /// <param name="items">The items, by row.</param>
    /// <param name="schema">The release's schema.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or is not an index over this release.</exception>
    internal static ReleaseIndexes Read(string? learnedPath, string? contentPath, ImplicitAlsModel? factors, IReadOnlyList<Item> items, CatalogueSchema schema)
    {
        var learned = learnedPath is not null ? Open(learnedPath, VectorMetric.InnerProduct, factors?.Dimensions, items.Count)
            : factors is not null ? LearnedScan(factors)
            : null;
        var content = contentPath is not null
            ? Open(contentPath, VectorMetric.Cosine, schema.VectorDimension, items.Count)
            : MakeContent(items, schema, int.MaxValue);
        return new ReleaseIndexes(learned, content);
    }

    private static IVectorIndex Open(string path, VectorMetric metric, int? dimensions, int items)
    {
        var index = IndexChoice.OpenGraph(path);
        if (index.Metric == metric && index.Dimensions == dimensions && index.Count <= items)
        {
            return index;
        }

        var found = $"holds {index.Count} vectors of {index.Dimensions} dimensions by {index.Metric}";
        index.Dispose();
        throw new ModelFormatException(path, -1, $"{found}; the release has {items} items with vectors of {dimensions?.ToString() ?? "no"} dimensions, compared by {metric}");
    }

    private static IVectorIndex LearnedScan(ImplicitAlsModel factors) =>
        IndexChoice.Scan(factors.ItemFactors, null, factors.Dimensions, VectorMetric.InnerProduct);

    /// <summary>Leaves out items that nobody took: their vectors are zero, and a graph over many equal vectors leads nowhere.</summary>
    private static IVectorIndex LearnedGraph(ImplicitAlsModel factors, int graphRows)
    {
        var (d, n) = (factors.Dimensions, 0);
        var ids = new int[factors.ItemCount];
        for (var row = 0; row < ids.Length; row++)
        {
            if (factors.Item(row).ContainsAnyExcept(0f))
            {
                ids[n++] = row;
            }
        }

        if (!IndexChoice.IsGraph(n, graphRows))
        {
            return LearnedScan(factors);
        }

        if (n == factors.ItemCount)
        {
            return IndexChoice.BuildGraph(factors.ItemFactors, ids, d, VectorMetric.InnerProduct);
        }

        var rows = new float[(long)n * d];
        for (var i = 0; i < n; i++)
        {
            factors.Item(ids[i]).CopyTo(rows.AsSpan(i * d));
        }

        return IndexChoice.BuildGraph(rows, ids[..n], d, VectorMetric.InnerProduct);
    }

    private static IVectorIndex? MakeContent(IReadOnlyList<Item> items, CatalogueSchema schema, int graphRows)
    {
        if (schema.VectorDimension is not { } d)
        {
            return null;
        }

        var ids = new List<int>();
        for (var row = 0; row < items.Count; row++)
        {
            if (!ContentVector.Of(items[row], d).IsEmpty)
            {
                ids.Add(row);
            }
        }

        if (ids.Count == 0)
        {
            return null;
        }

        var rows = new float[(long)ids.Count * d];
        for (var i = 0; i < ids.Count; i++)
        {
            items[ids[i]].Vector!.Value.Span.CopyTo(rows.AsSpan(i * d));
        }

        return IndexChoice.IsGraph(ids.Count, graphRows)
            ? IndexChoice.BuildGraph(rows, [.. ids], d, VectorMetric.Cosine)
            : IndexChoice.Scan(rows, [.. ids], d, VectorMetric.Cosine);
    }
}
