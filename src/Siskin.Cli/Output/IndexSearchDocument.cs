namespace Siskin.Cli.Output;

/// <summary>What an index found.</summary>
/// <param name="Metric">How nearness is measured: l2, ip, cosine.</param>
/// <param name="K">How many were asked for.</param>
/// <param name="Results">One for each query, in their order.</param>
internal sealed record IndexSearchDocument(string Metric, int K, IReadOnlyList<IndexAnswer> Results);
