namespace Siskin.Serving.Releases;

/// <summary>The best items of each tag by Bayesian average.</summary>
/// <param name="Tags">The tags, in ordinal order.</param>
/// <param name="Starts">Length tags + 1: where each tag's items start.</param>
/// <param name="Items">Rows, best first.</param>
public sealed record TagIndex(IReadOnlyList<string> Tags, int[] Starts, int[] Items)
{
    /// <summary>No tags.</summary>
    public static TagIndex Empty { get; } = new([], [0], []);
}
