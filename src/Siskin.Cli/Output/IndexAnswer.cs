namespace Siskin.Cli.Output;

/// <summary>What was found for one query.</summary>
/// <param name="Query">Number of the query, from 0 on.</param>
/// <param name="Neighbours">Nearest first.</param>
internal sealed record IndexAnswer(int Query, IReadOnlyList<IndexNeighbour> Neighbours);
