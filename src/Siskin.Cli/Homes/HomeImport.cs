using Siskin.Data.Datasets.Synthetic;

namespace Siskin.Cli.Homes;

/// <summary>One import.</summary>
/// <param name="Name">Name of the data set.</param>
/// <param name="Specification">How it was given.</param>
/// <param name="ImportedAt">When the import began.</param>
/// <param name="Synthetic">What the world was made from; null for data that was not made up.</param>
internal sealed record HomeImport(string Name, string Specification, DateTimeOffset ImportedAt, SyntheticWorldOptions? Synthetic = null);
