namespace Siskin.Vectors.Persistence;

/// <summary>What an index file says about itself.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">What kind of index it is: <c>exact</c>, <c>lsh</c>, <c>hnsw</c>.</param>
/// <param name="KindVersion">Version of that kind's content.</param>
/// <param name="FormatVersion">Version of the container.</param>
/// <param name="SizeBytes">Bytes of the file.</param>
/// <param name="Metadata">Metric, dimensions, counts and parameters, by name.</param>
/// <param name="Sections">Its parts, in the order of the file.</param>
public sealed record IndexFileSummary(
    string Path,
    string Kind,
    int KindVersion,
    int FormatVersion,
    long SizeBytes,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<IndexSectionSummary> Sections);
