namespace Siskin.Data.Events;

/// <summary>What became of an append.</summary>
/// <param name="Accepted">Events that are in the log now because of this call.</param>
/// <param name="Duplicates">Events whose id the log, or an earlier place in the same call, already had.</param>
/// <param name="End">A position at or behind the last of these events.</param>
public readonly record struct AppendResult(int Accepted, int Duplicates, long End);
