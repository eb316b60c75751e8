namespace Siskin.Serving.Releases;

/// <summary>Users with events, in row order.</summary>
/// <param name="Ids">Id of each user.</param>
public sealed record ReleaseUsers(IReadOnlyList<string> Ids)
{
    /// <summary>No users.</summary>
    public static ReleaseUsers Empty { get; } = new([]);
}
