namespace Siskin.Offline.Experiments;

/// <summary>Popularity has no settings.</summary>
public sealed record PopularityOptions;
