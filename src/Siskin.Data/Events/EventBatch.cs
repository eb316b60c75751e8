namespace Siskin.Data.Events;

/// <summary>Events that were appended together.</summary>
/// <param name="Start">Position of the batch in the log.</param>
/// <param name="End">Position behind it: where the next batch starts.</param>
/// <param name="Events">In the order in which they were given; never empty.</param>
public sealed record EventBatch(long Start, long End, IReadOnlyList<Event> Events);
