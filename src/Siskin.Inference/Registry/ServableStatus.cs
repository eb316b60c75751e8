namespace Siskin.Inference.Registry;

/// <summary>A version of a model as a server sees it.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State">Where it is.</param>
/// <param name="Error">Why it could not be loaded; null otherwise.</param>
/// <param name="Labels">Labels that lead to it.</param>
public sealed record ServableStatus(long Version, ServableState State, string? Error, IReadOnlyList<string> Labels);
