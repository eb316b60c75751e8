using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>One event of a user since a release.</summary>
/// <param name="ItemKey">Key of the item: rows differ between snapshots, keys do not.</param>
/// <param name="TimeMs">When it happened, in milliseconds since 1970.</param>
/// <param name="Position">Position in the event log: releases that have learned from it leave it out.</param>
/// <param name="Weight">Weight of the event's type.</param>
/// <param name="Flags">What the event says.</param>
internal readonly record struct ActivityEntry(long ItemKey, long TimeMs, long Position, float Weight, HistoryFlags Flags);
