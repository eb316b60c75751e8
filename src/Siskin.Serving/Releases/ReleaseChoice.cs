namespace Siskin.Serving.Releases;

/// <summary>What the servers of a folder shall serve.</summary>
/// <param name="Active">Number of the release; 0 when there is none.</param>
/// <param name="Previous">Number of the release to go back to; 0 when there is none.</param>
/// <param name="IsPinned">Whether they stay with it though newer ones exist.</param>
public readonly record struct ReleaseChoice(int Active, int Previous, bool IsPinned);
