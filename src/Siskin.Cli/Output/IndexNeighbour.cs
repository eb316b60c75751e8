namespace Siskin.Cli.Output;

/// <summary>One vector that was found.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Score">Larger is nearer: the inner product, the cosine, or the squared distance with its sign turned.</param>
internal sealed record IndexNeighbour(int Id, float Score);
