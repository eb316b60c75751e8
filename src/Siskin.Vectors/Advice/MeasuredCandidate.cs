namespace Siskin.Vectors.Advice;

/// <summary>An index with its parameters, and what was measured of it.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Kind">"exact", "hnsw", "lsh" or "scan".</param>
/// <param name="Parameters">Options of the index class by name.</param>
/// <param name="EffortName">The option that the effort stands for; null when searches have none.</param>
/// <param name="SearchGrowth">How the time of a search grows, at least.</param>
/// <param name="ChangeGrowth">How the time of adding a vector grows, at least; building takes n times as long.</param>
/// <param name="Samples">By rising number of rows; empty when there was no time.</param>
public sealed record MeasuredCandidate(
    string Name,
    string Kind,
    IReadOnlyDictionary<string, string> Parameters,
    string? EffortName,
    GrowthLaw SearchGrowth,
    GrowthLaw ChangeGrowth,
    IReadOnlyList<CandidateMeasurement> Samples)
{
    /// <summary>Whether searches compare with every vector, and so miss none.</summary>
    internal bool IsExact => Kind == "exact";
}
