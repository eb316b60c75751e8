namespace Siskin.Cli.Output;

/// <summary>A measured index.</summary>
/// <param name="Base">The file of vectors.</param>
/// <param name="Vectors">How many there are.</param>
/// <param name="Dimensions">Numbers per vector.</param>
/// <param name="Queries">How many were asked.</param>
/// <param name="Metric">How nearness is measured.</param>
/// <param name="K">How many nearest were asked for.</param>
/// <param name="Results">One for each search setting.</param>
internal sealed record IndexBenchDocument(
    string Base, int Vectors, int Dimensions, int Queries, string Metric, int K, IReadOnlyList<IndexBenchResult> Results);
