namespace Siskin.Serving.Pipeline;

/// <summary>A channel found a candidate.</summary>
/// <param name="Channel">Name of the channel.</param>
/// <param name="Place">1 for the channel's best.</param>
/// <param name="Score">The channel's own score; comparable within the channel only.</param>
/// <param name="Because">Id of the history item that contributed most, where the channel knows it.</param>
public sealed record ChannelHit(string Channel, int Place, double Score, string? Because = null);
