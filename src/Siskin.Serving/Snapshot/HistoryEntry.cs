using Siskin.Data.Catalogue;
using Siskin.Serving.Releases;

namespace Siskin.Serving.Snapshot;

/// <summary>One item of a user's history.</summary>
/// <param name="Item">The item as it is now; unavailable when it was deleted.</param>
/// <param name="Time">When the last event on it happened.</param>
/// <param name="Flags">What the user's events on it say together.</param>
/// <param name="IsLive">Whether there is an event on it since the release.</param>
public sealed record HistoryEntry(Item Item, DateTimeOffset Time, HistoryFlags Flags, bool IsLive);
