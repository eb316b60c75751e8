namespace Siskin.Serving.Pipeline;

/// <summary>What one recall channel did.</summary>
/// <param name="Name">Name of the channel.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was skipped, dropped or failed; null when it answered.</param>
/// <param name="Milliseconds">Time it took; for a channel dropped as late, the time it was given.</param>
/// <param name="Quota">How many candidates it was allowed.</param>
/// <param name="Found">How many candidates it gave.</param>
/// <param name="Dropped">How many it came across and had to leave out, by reason (seen, unavailable, filter).</param>
/// <param name="Detail">How it found them, where there is something to tell; null otherwise.</param>
public sealed record ChannelTrace(
    string Name,
    ChannelOutcome Outcome,
    string? Reason,
    double Milliseconds,
    int Quota,
    int Found,
    IReadOnlyDictionary<string, int> Dropped,
    string? Detail = null);
